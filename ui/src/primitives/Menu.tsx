// A short list of actions: under a button, or where the right mouse button was pressed.
import { ContextMenu as BaseContext } from "@base-ui/react/context-menu";
import { Menu as Base } from "@base-ui/react/menu";
import { clsx } from "clsx";
import { Check, ChevronRight } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

export type Action = {
  label: string;
  onPick?: () => void;
  icon?: ReactNode;
  hint?: string;
  danger?: boolean;
  disabled?: boolean;
  /** Whether it is in force: shown as a tick. */
  checked?: boolean;
  /** A hairline above it. */
  apart?: boolean;
  /** What opens beside it instead of something happening. */
  more?: Action[];
  testid?: string;
};

const popup = "z-50 max-h-[min(420px,80vh)] min-w-[168px] max-w-[320px] overflow-y-auto rounded-m border border-line bg-panel p-1 shadow-[0_8px_28px_oklch(0_0_0/.16)] outline-none";
const item =
  "flex h-[30px] items-center gap-2 rounded-s px-2.5 text-s outline-none select-none data-[disabled]:opacity-45 data-[highlighted]:bg-hover data-[popup-open]:bg-hover [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-3";

function Items({ actions }: { actions: Action[] }) {
  return actions.map((action) => [
    action.apart ? <Base.Separator key={`${action.label}-line`} className="mx-1.5 my-1 h-px bg-line" /> : null,
    action.more ? (
      <Base.SubmenuRoot key={action.label}>
        <Base.SubmenuTrigger className={item} disabled={action.disabled}>
          <Words action={action} />
          <ChevronRight />
        </Base.SubmenuTrigger>
        <Base.Portal>
          <Base.Positioner sideOffset={2} alignOffset={-5} className="z-50 outline-none">
            <Base.Popup className={popup}>
              <Items actions={action.more} />
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.SubmenuRoot>
    ) : (
      <Base.Item key={action.label} disabled={action.disabled} className={clsx(item, action.danger && "text-bad [&_svg]:text-bad")} onClick={action.onPick} data-testid={action.testid}>
        <Words action={action} />
      </Base.Item>
    ),
  ]);
}

function Words({ action }: { action: Action }) {
  return (
    <>
      {action.icon}
      <span className="min-w-0 flex-1 truncate">{action.label}</span>
      {action.hint ? <span className="pl-3 text-xs text-ink-2">{action.hint}</span> : null}
      {action.checked ? <Check aria-label="✓" /> : null}
    </>
  );
}

export function Menu({ trigger, actions, side = "bottom", align = "end" }: { trigger: ReactElement; actions: Action[]; side?: "top" | "bottom"; align?: "start" | "end" }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={4} align={align} className="z-50 outline-none">
          <Base.Popup className={popup}>
            <Items actions={actions} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function ContextMenu({ children, actions }: { children: ReactElement; actions: Action[] }) {
  return (
    <BaseContext.Root>
      <BaseContext.Trigger render={children} />
      <BaseContext.Portal>
        <BaseContext.Positioner className="z-50 outline-none">
          <BaseContext.Popup className={popup}>
            <Items actions={actions} />
          </BaseContext.Popup>
        </BaseContext.Positioner>
      </BaseContext.Portal>
    </BaseContext.Root>
  );
}
