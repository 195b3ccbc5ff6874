// A card with a heading, and the plain table that stands in it.
import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

type CardProps = { title: string; note?: ReactNode; action?: ReactNode; children: ReactNode };

export function Card({ title, note, action, children }: CardProps) {
  return (
    <section className="card min-w-0 overflow-hidden" aria-label={title}>
      <header className="flex min-h-[42px] items-center gap-2.5 border-b border-line py-1.5 pr-2 pl-3.5">
        <h2 className="font-semibold">{title}</h2>
        {note ? <small className="num min-w-0 truncate text-s text-ink-2">{note}</small> : null}
        <span className="flex-1" />
        {action}
      </header>
      {children}
    </section>
  );
}

export function Table({ className, ...rest }: ComponentProps<"table">) {
  return <table className={clsx("w-full border-collapse text-s [&_tbody_tr:last-child_td]:border-b-0", className)} {...rest} />;
}

export function Th({ right, className, ...rest }: ComponentProps<"th"> & { right?: boolean }) {
  return <th scope="col" className={clsx("border-b border-line px-3.5 py-2 font-medium whitespace-nowrap text-ink-2", right ? "text-right" : "text-left", className)} {...rest} />;
}

export function Td({ right, className, ...rest }: ComponentProps<"td"> & { right?: boolean }) {
  return <td className={clsx("border-b border-line px-3.5 py-2 whitespace-nowrap", right && "num text-right", className)} {...rest} />;
}
