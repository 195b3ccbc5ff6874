// The frame of a settings page, and one setting in it.
import type { ReactNode } from "react";
import { Bar, Title } from "../../primitives/Stage";

/** The frame of one page: its bar with what can be done, and its cards under it. */
export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <>
      <Bar>
        <Title>{title}</Title>
        <span className="flex-1" />
        {actions}
      </Bar>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid max-w-[820px] grid-cols-[minmax(0,1fr)] gap-[18px] px-6 pt-5 pb-7">{children}</div>
      </div>
    </>
  );
}

/** What is set, what it means, and the control at the right. */
export function Setting({ label, note, children }: { label: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-[52px] items-center gap-6 border-b border-line px-4 py-2.5 last:border-b-0">
      <div className="grid min-w-0 flex-1 gap-px">
        <span>{label}</span>
        {note ? <small className="text-s text-ink-2">{note}</small> : null}
      </div>
      <div className="shrink-0">{children}</div>
    </div>
  );
}
