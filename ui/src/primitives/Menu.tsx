// A short list of actions: under a button, or where the right mouse button was pressed.
import { ContextMenu as BaseContext } from "@base-ui/react/context-menu";
import { Menu as Base } from "@base-ui/react/menu";
import { clsx } from "clsx";
import type { ReactElement, ReactNode } from "react";

export type Action = { label: string; onPick: () => void; icon?: ReactNode; danger?: boolean; testid?: string };

const popup = "z-50 min-w-[168px] max-w-[320px] rounded-m border border-line bg-panel p-1 shadow-[0_8px_28px_oklch(0_0_0/.16)] outline-none";
const item = "flex h-[30px] items-center gap-2 rounded-s px-2.5 text-s outline-none select-none data-[highlighted]:bg-hover [&_svg]:size-3.5 [&_svg]:text-ink-3";

function Items({ actions }: { actions: Action[] }) {
  return actions.map((action) => (
    <Base.Item key={action.label} className={clsx(item, action.danger && "text-bad [&_svg]:text-bad")} onClick={action.onPick} data-testid={action.testid}>
      {action.icon}
      <span className="truncate">{action.label}</span>
    </Base.Item>
  ));
}

export function Menu({ trigger, actions }: { trigger: ReactElement; actions: Action[] }) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50 outline-none">
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
