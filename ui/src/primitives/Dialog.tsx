// A question laid over the window: title, text, what it asks, buttons at the foot. Escape and the cross leave it.
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useTranslation } from "react-i18next";
import { buttonClass, Button } from "./Button";
import { useCover } from "./useCover";

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  width?: number;
  initialFocus?: RefObject<HTMLElement | null>;
};

export function Dialog({ open, onClose, title, description, children, width = 440, initialFocus }: Props) {
  const { t } = useTranslation();
  useCover(open);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop forceRender className="fixed inset-0 z-50 bg-[oklch(0_0_0/.38)] dark:bg-[oklch(0_0_0/.6)]" />
        <Base.Popup
          initialFocus={initialFocus}
          className="card fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100vh-48px)] max-w-[calc(100vw-48px)] -translate-x-1/2 -translate-y-1/2 flex-col shadow-[0_16px_48px_oklch(0_0_0/.22)] outline-none"
          style={{ width }}
        >
          <header className="flex items-start gap-3 px-5 pt-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-[15px] font-semibold tracking-[-.01em] [overflow-wrap:anywhere]">{title}</Base.Title>
              {description ? <Base.Description className="mt-1 text-m text-ink-2">{description}</Base.Description> : null}
            </div>
            <Base.Close className={`${buttonClass("ghost", true)} -mt-1 -mr-2`} aria-label={t("common.close")}>
              <X />
            </Base.Close>
          </header>
          <div className="min-h-0 overflow-auto px-5 pt-4 pb-5">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex items-center justify-end gap-2">{children}</div>;
}

type Confirm = { open: boolean; onClose: () => void; title: string; description: ReactNode; action: string; onConfirm: () => void };

export function ConfirmDialog({ open, onClose, title, description, action, onConfirm }: Confirm) {
  const { t } = useTranslation();
  return (
    <Dialog open={open} onClose={onClose} title={title} description={description}>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button
          look="danger"
          data-testid="confirm"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
