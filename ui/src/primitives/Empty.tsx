// Nothing here yet: what this place is for, and the first thing to do.
import type { ReactNode } from "react";

export function Empty({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <div className="mx-auto grid w-full max-w-[500px] grid-cols-[minmax(0,1fr)] justify-items-center gap-2 px-6 py-14 text-center">
      <h2 className="text-l font-semibold tracking-[-.01em]">{title}</h2>
      {text ? <p className="text-m text-ink-2">{text}</p> : null}
      {children ? <div className="mt-3 grid w-full grid-cols-[minmax(0,1fr)] justify-items-center gap-2">{children}</div> : null}
    </div>
  );
}
