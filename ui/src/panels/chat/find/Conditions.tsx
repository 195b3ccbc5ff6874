// Under the search field: the conditions in force, each to be taken out, and those one could add.
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { clsx } from "clsx";
import { piecesOf, withCondition, without } from "./syntax";

const OFFERED = ["model:", "has:image", "cost:>0.1", "before:"] as const;

export function Conditions({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const { t } = useTranslation();
  const set = piecesOf(query).filter((one) => one.condition);
  const names = set.map((one) => one.text.split(":")[0]);
  const chip = "inline-flex h-[22px] max-w-full items-center gap-1 rounded-full px-2 font-mono text-[11px]";
  return (
    <div role="group" aria-label={t("find.conditions")} className="flex shrink-0 flex-wrap gap-1 border-b border-line px-3.5 py-2">
      {set.map(({ text, ok }) => (
        <span key={text} title={ok ? undefined : t("find.notUnderstood")} className={clsx(chip, "pr-0.5", ok ? "bg-accent-soft text-accent" : "bg-warn-soft")}>
          <span className="truncate">{text}</span>
          <button type="button" aria-label={t("find.without", { condition: text })} onClick={() => onQuery(without(query, text))} className="grid size-[18px] place-items-center rounded-full hover:bg-hover">
            <X className="size-3" />
          </button>
        </span>
      ))}
      {OFFERED.filter((one) => !names.includes(one.split(":")[0] ?? "")).map((one) => (
        <button key={one} type="button" onClick={() => onQuery(withCondition(query, one))} className={clsx(chip, "border border-line text-ink-2 hover:bg-hover")}>
          {one}
        </button>
      ))}
    </div>
  );
}
