// A small panel under the button that opened it.
import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

type Props = {
  trigger: ReactElement;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  side?: "bottom" | "right" | "top";
  align?: "start" | "center" | "end";
  label: string;
};

export function Popover({ trigger, children, open, onOpenChange, side = "bottom", align = "start", label }: Props) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup aria-label={label} className="rounded-m border border-line bg-panel shadow-[0_12px_40px_oklch(0_0_0/.18)] outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
