// How much of the model's context the next send fills, as a ring; the words for it are in its title.
import { clsx } from "clsx";
import { useTranslation } from "react-i18next";
import { count, useLocale } from "../../../primitives/format";

export const NEARLY_FULL = 0.85;
const AROUND = 2 * Math.PI * 6;

export function shareOf(used: number, window: number): number {
  return window > 0 ? Math.min(1, used / window) : 1;
}

export function Ring({ used, window }: { used: number; window: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const share = shareOf(used, window);
  const words = t("context.used", { percent: percentOf(share), used: count(used, locale), window: count(window, locale) });
  return (
    <span role="img" aria-label={words} title={words} data-testid="context-ring" className="inline-grid shrink-0">
      <svg viewBox="0 0 16 16" className={clsx("size-4 -rotate-90", share >= 1 ? "text-bad" : share >= NEARLY_FULL ? "text-warn" : "text-accent")} fill="none" strokeWidth="2.5">
        <circle cx="8" cy="8" r="6" stroke="var(--line)" />
        <circle cx="8" cy="8" r="6" stroke="currentColor" strokeDasharray={`${share * AROUND} ${AROUND}`} strokeLinecap="round" />
      </svg>
    </span>
  );
}

/** Never "0 %" for something, never "100 %" for not quite all. */
export function percentOf(share: number): string {
  if (share <= 0 || share >= 1) return share <= 0 ? "0" : "100";
  return share < 0.01 ? "<1" : `${Math.min(99, Math.round(share * 100))}`;
}
