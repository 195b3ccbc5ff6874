// The frame every panel shares: an optional list beside a stage, each with a bar on top.
import type { ReactNode } from "react";

export function Panel({ list, children }: { list?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex h-full min-h-0 min-w-0">
      {list}
      <section className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</section>
    </div>
  );
}

export function List({ label, bar, children }: { label: string; bar: ReactNode; children: ReactNode }) {
  return (
    <aside aria-label={label} className="flex w-(--list-w) shrink-0 flex-col border-r border-line bg-list max-[1060px]:w-[224px]">
      <header className="flex h-(--bar-h) shrink-0 items-center gap-2 border-b border-line px-3.5">{bar}</header>
      <div className="min-h-0 flex-1 overflow-y-auto pb-2">{children}</div>
    </aside>
  );
}

export function Bar({ children }: { children: ReactNode }) {
  return <header className="flex h-(--bar-h) shrink-0 items-center gap-2 border-b border-line bg-bg px-5">{children}</header>;
}

export function Title({ children }: { children: ReactNode }) {
  return <h1 className="truncate text-[15px] font-semibold tracking-[-.01em]">{children}</h1>;
}

export function Group({ children }: { children: ReactNode }) {
  return <h2 className="px-3.5 pt-3 pb-1 text-xs font-semibold text-ink-2">{children}</h2>;
}
