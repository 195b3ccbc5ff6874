// Where the summary ends: what stands above is kept, but the model is told its summary instead.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Compaction } from "../../../bindings";
import { count, useLocale } from "../../../primitives/format";

export function Divider({ compaction, onUndo }: { compaction: Compaction; onUndo: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [open, setOpen] = useState(false);
  const button = "rounded-[4px] px-0.5 hover:text-ink";
  return (
    <div data-testid="compaction" className="grid gap-2 text-xs text-ink-2">
      <div className="flex items-center gap-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        <span className="flex items-center gap-1.5">
          {t("context.summarised", { tokens: count(compaction.tokens, locale) })} ·
          <button type="button" aria-expanded={open} className={button} onClick={() => setOpen(!open)}>
            {open ? t("context.hideSummary") : t("context.showSummary")}
          </button>
          ·
          <button type="button" className={button} onClick={onUndo}>
            {t("context.undo")}
          </button>
        </span>
      </div>
      {open ? <p className="selectable card px-3.5 py-2.5 text-m whitespace-pre-wrap text-ink">{compaction.text}</p> : null}
    </div>
  );
}
