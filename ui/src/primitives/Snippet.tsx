// A few lines to paste into a terminal, with their own Copy.
import { CopyButton } from "./CopyButton";

export function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0 overflow-hidden rounded-m border border-line bg-bg">
      <header className="flex items-center border-b border-line py-1 pr-1 pl-3 text-xs text-ink-2">
        <span className="flex-1">{title}</span>
        <CopyButton text={text} look="ghost" />
      </header>
      <pre className="selectable max-h-[320px] overflow-auto p-3 text-[12px] leading-[1.6]">{text}</pre>
    </div>
  );
}
