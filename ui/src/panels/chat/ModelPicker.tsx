// Which model answers, or which ones side by side: grouped by gateway, with what a million tokens cost.
import { clsx } from "clsx";
import { ChevronDown, Columns2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../../bindings";
import { useShortcut } from "../../parts/shortcuts/useShortcut";
import { price, useLocale } from "../../primitives/format";
import { OptionList } from "../../primitives/OptionList";
import type { OptionGroup } from "../../primitives/OptionList";
import { Popover } from "../../primitives/Popover";

export const MOST = 4;

export function useModelGroups(models: Model[], chosen: string | undefined): OptionGroup[] {
  const { t } = useTranslation();
  const locale = useLocale();
  const groups = new Map<string, OptionGroup>();
  for (const model of models) {
    const group = groups.get(model.gateway) ?? { label: model.gatewayName, options: [] };
    groups.set(model.gateway, group);
    const hint = model.free ? t("chat.free") : model.price ? `${price(model.price.input, locale)} / ${price(model.price.output, locale)}` : "—";
    group.options.push({ value: model.id, label: model.name, hint, words: model.id, chosen: model.id === chosen });
  }
  return [...groups.values()];
}

type Props = { models: Model[]; chosen: Model[]; onChoose: (ids: string[]) => void };
const chip = "inline-flex h-6 min-w-0 items-center gap-1.5 rounded-full bg-hover px-[9px] text-s text-ink-2 hover:text-ink";

/** One chip a model; of several, each can be taken out again. */
export function ModelPicker({ models, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const ids = chosen.map((one) => one.id);
  const [first] = chosen;
  const [open, setOpen] = useState(false);
  useShortcut("models", () => setOpen(true));
  return (
    <div className={clsx("flex min-w-0 items-center gap-1.5", chosen.length === 1 && "shrink-0") /* a long title gives way first */}>
      <Choice models={models} chosen={first?.id} label={t("chat.chooseModel")} open={open} onOpen={setOpen} onPick={(id) => onChoose([id, ...ids.slice(1).filter((one) => one !== id)])}>
        <button type="button" data-testid="model-picker" aria-label={t("chat.chooseModel")} className={`${chip} max-w-[300px]`}>
          <b className="truncate font-semibold text-ink">{first?.name ?? t("chat.noModel")}</b>
          {first ? <span className={chosen.length > 1 ? "hidden" : "truncate max-[1060px]:hidden"}>{first.gatewayName}</span> : null}
          <ChevronDown className="size-3 shrink-0" />
        </button>
      </Choice>
      {chosen.slice(1).map((model) => (
        <span key={model.id} data-testid="compared-model" className={`${chip} pr-1!`}>
          <b className="truncate font-semibold text-ink">{model.name}</b>
          <button type="button" aria-label={t("compare.without", { model: model.name })} onClick={() => onChoose(ids.filter((id) => id !== model.id))} className="grid size-4 shrink-0 place-items-center rounded-full hover:bg-line">
            <X className="size-3" />
          </button>
        </span>
      ))}
      {first && models.length > 1 && chosen.length < MOST ? <AddOne models={models.filter((one) => !ids.includes(one.id))} alone={chosen.length === 1} onAdd={(id) => onChoose([...ids, id])} /> : null}
    </div>
  );
}

function AddOne({ models, alone, onAdd }: { models: Model[]; alone: boolean; onAdd: (id: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Choice models={models} chosen={undefined} label={t("compare.add")} open={open} onOpen={setOpen} onPick={onAdd}>
      <button type="button" data-testid="compare" aria-label={t("compare.add")} title={t("compare.note")} className={`${chip} shrink-0`}>
        <Columns2 className="size-3.5" />
        {alone ? <span className="max-[1060px]:hidden">{t("compare.title")}</span> : "+"}
      </button>
    </Choice>
  );
}

type ChoiceProps = { models: Model[]; chosen: string | undefined; label: string; open: boolean; onOpen: (open: boolean) => void; onPick: (id: string) => void; children: React.ReactElement };

function Choice({ models, chosen, label, open, onOpen, onPick, children }: ChoiceProps) {
  const { t } = useTranslation();
  const groups = useModelGroups(models, chosen);
  return (
    <Popover trigger={children} open={open} onOpenChange={onOpen} label={label}>
      <div className="flex max-h-[min(420px,70vh)] w-[380px] flex-col">
        <OptionList
          groups={groups}
          placeholder={t("chat.searchModels")}
          empty={t("chat.noSuchModel")}
          testid="model-search"
          onPick={(id) => {
            onPick(id);
            onOpen(false);
          }}
        />
        <p className="shrink-0 border-t border-line px-3.5 py-2 text-xs text-ink-2">{t("chat.priceNote")}</p>
      </div>
    </Popover>
  );
}
