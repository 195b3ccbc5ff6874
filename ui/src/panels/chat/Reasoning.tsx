// What the model thought before it spoke: open while it thinks, folded after.
import { ChevronRight } from "lucide-react";
import { clsx } from "clsx";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { seconds, useLocale } from "../../primitives/format";

type Props = { text: string; thinking: boolean; tookMs: number | null };

export function Reasoning({ text, thinking, tookMs }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = chosen ?? thinking;
  const label = thinking ? t("chat.thinking") : tookMs === null ? t("chat.thought") : t("chat.thoughtFor", { time: seconds(tookMs, locale) });
  return (
    <div className={open ? "mb-3.5" : "mb-2"}>
      <button type="button" aria-expanded={open} onClick={() => setChosen(!open)} className="num -ml-1 inline-flex items-center gap-1.5 rounded-[4px] px-1 text-s text-ink-2 hover:text-ink">
        <ChevronRight className={clsx("size-3", open && "rotate-90")} />
        {label}
      </button>
      {open ? <p className="selectable mt-1.5 border-l border-line pl-3.5 text-m leading-[1.6] whitespace-pre-wrap text-ink-2">{text.trim()}</p> : null}
    </div>
  );
}
