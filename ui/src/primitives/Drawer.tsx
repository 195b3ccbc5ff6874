// A sheet that slides over from the right: a bar on top, what it is about, and a foot that stays. Escape leaves it.
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useRef } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { buttonClass } from "./Button";
import { useCover } from "./useCover";

type Props = { onClose: () => void; title: string; note?: ReactNode; actions?: ReactNode; width?: number; testid?: string; children: ReactNode };

export function Drawer({ onClose, title, note, actions, width = 560, testid, children }: Props) {
  const { t } = useTranslation();
  useCover();
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop forceRender className="fixed inset-0 z-40 bg-[oklch(0_0_0/.28)] dark:bg-[oklch(0_0_0/.5)]" />
        <Base.Popup
          ref={popup}
          // The sheet itself, not its first button: nobody opened it to press Pause.
          initialFocus={popup}
          data-testid={testid}
          style={{ width }}
          className="fixed inset-y-0 right-0 z-40 flex max-w-[calc(100vw-var(--rail-w))] flex-col border-l border-line bg-bg shadow-[-16px_0_48px_oklch(0_0_0/.16)] outline-none"
        >
          <header className="flex h-(--bar-h) shrink-0 items-center gap-2 border-b border-line pr-3 pl-5">
            <Base.Title className="truncate text-[15px] font-semibold tracking-[-.01em]">{title}</Base.Title>
            {note}
            <span className="flex-1" />
            {actions}
            <Base.Close className={buttonClass("ghost", true)} aria-label={t("common.close")}>
              <X />
            </Base.Close>
          </header>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function DrawerBody({ children }: { children: ReactNode }) {
  return <div className="grid min-h-0 flex-1 auto-rows-max grid-cols-[minmax(0,1fr)] content-start gap-5 overflow-y-auto px-5 pt-4 pb-6">{children}</div>;
}

export function DrawerFoot({ children }: { children: ReactNode }) {
  return <footer className="flex shrink-0 items-center justify-end gap-2 border-t border-line bg-bg px-5 py-3">{children}</footer>;
}
