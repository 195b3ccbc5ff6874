// The way between panels, and at its foot the settings.
import { ArrowRightLeft, ChartNoAxesColumn, KeyRound, MessageSquare, SlidersHorizontal } from "lucide-react";
import { clsx } from "clsx";
import { Fragment } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Logo } from "./Logo";
import type { PanelName } from "./place";
import { panels } from "./place";

const icons: Record<PanelName, ReactNode> = { chat: <MessageSquare />, relay: <ArrowRightLeft />, keys: <KeyRound />, usage: <ChartNoAxesColumn />, settings: <SlidersHorizontal /> };
/** What one makes stands above the line, what it passes through below; how it all looks, at the foot. */
const firstOfRelay: PanelName = "relay";
const atFoot: PanelName = "settings";
const item =
  "grid h-12 w-[54px] place-items-center content-center gap-[3px] rounded-m text-[10px] [&_svg]:size-[19px] [&_svg]:stroke-[1.7]";
const quiet = "text-ink-2 hover:bg-hover";

export function Rail({ at, onGo }: { at: PanelName; onGo: (panel: PanelName) => void }) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t("rail.label")} className="flex flex-col items-center gap-0.5 border-r border-line bg-rail pt-3 pb-2">
      <div className="mb-3">
        <Logo size={36} />
      </div>
      {panels.map((panel) => (
        <Fragment key={panel}>
          {panel === firstOfRelay ? <hr className="my-1.5 w-7 border-line" /> : null}
          {panel === atFoot ? <span className="flex-1" /> : null}
          <button
            type="button"
            data-testid={`rail-${panel}`}
            aria-current={panel === at ? "page" : undefined}
            onClick={() => onGo(panel)}
            className={clsx(item, panel === at ? "bg-accent-soft font-semibold text-accent" : quiet)}
          >
            {icons[panel]}
            {t(`rail.${panel}`)}
          </button>
        </Fragment>
      ))}
    </nav>
  );
}
