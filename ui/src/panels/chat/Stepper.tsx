// ‹ 2/3 › where a message has siblings.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Siblings } from "./tree";

export function Stepper({ siblings, onStep }: { siblings: Siblings; onStep: (id: string) => void }) {
  const { t } = useTranslation();
  const { ids, at } = siblings;
  if (ids.length < 2) return null;
  const step = (label: string, to: string | undefined, icon: React.ReactNode) => (
    <button type="button" aria-label={label} disabled={!to} onClick={() => to && onStep(to)} className="rounded-[4px] p-0.5 hover:bg-hover disabled:opacity-35 [&_svg]:size-3.5">
      {icon}
    </button>
  );
  return (
    <span className="num inline-flex items-center gap-0.5 text-xs text-ink-2" role="group" aria-label={t("chat.versions")}>
      {step(t("chat.previousVersion"), ids[at - 1], <ChevronLeft />)}
      {at + 1}/{ids.length}
      {step(t("chat.nextVersion"), ids[at + 1], <ChevronRight />)}
    </span>
  );
}
