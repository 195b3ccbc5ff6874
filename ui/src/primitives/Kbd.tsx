// A key to press, drawn small.
export function Kbd({ children }: { children: string }) {
  return <kbd className="rounded-[4px] border border-line bg-bg px-[5px] py-[3px] text-[10px] leading-none font-medium text-ink-2">{children}</kbd>;
}

/** "Ctrl K" here, "⌘ K" on a Mac. */
export const modifier = /Mac/.test(navigator.userAgent) ? "⌘" : "Ctrl";
