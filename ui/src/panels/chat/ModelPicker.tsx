// Which model answers: grouped by gateway, with what a million tokens cost.
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../../bindings";
import { price, useLocale } from "../../primitives/format";
import { OptionList } from "../../primitives/OptionList";
import type { OptionGroup } from "../../primitives/OptionList";
import { Popover } from "../../primitives/Popover";

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

type Props = { models: Model[]; model: Model | undefined; onPick: (id: string) => void };

export function ModelPicker({ models, model, onPick }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const groups = useModelGroups(models, model?.id);
  const trigger = (
    <button
      type="button"
      data-testid="model-picker"
      aria-label={t("chat.chooseModel")}
      className="inline-flex h-6 max-w-[300px] shrink-0 items-center gap-1.5 rounded-full bg-hover px-[9px] text-s text-ink-2 hover:text-ink"
    >
      <b className="truncate font-semibold text-ink">{model?.name ?? t("chat.noModel")}</b>
      {model ? <span className="truncate">{model.gatewayName}</span> : null}
      <ChevronDown className="size-3 shrink-0" />
    </button>
  );
  return (
    <Popover trigger={trigger} open={open} onOpenChange={setOpen} label={t("chat.chooseModel")}>
      <div className="flex max-h-[min(420px,70vh)] w-[380px] flex-col">
        <OptionList
          groups={groups}
          placeholder={t("chat.searchModels")}
          empty={t("chat.noSuchModel")}
          testid="model-search"
          onPick={(id) => {
            onPick(id);
            setOpen(false);
          }}
        />
        <p className="shrink-0 border-t border-line px-3.5 py-2 text-xs text-ink-2">{t("chat.priceNote")}</p>
      </div>
    </Popover>
  );
}
