// A tool the model asked for: its name, and its arguments as they were sent.
import { Wrench } from "lucide-react";
import type { ToolCall } from "../../bindings";

export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // still arriving, or never was JSON
  }
}

export function ToolCard({ call }: { call: ToolCall }) {
  return (
    <div className="card my-2.5 overflow-hidden text-s" data-testid="tool-call">
      <header className="flex items-center gap-2 px-3 py-1.5 text-ink-2">
        <Wrench className="size-3.5" />
        <code className="font-medium text-ink">{call.name || "…"}</code>
      </header>
      {call.arguments ? <pre className="selectable overflow-x-auto border-t border-line px-3 py-2 text-[12px] leading-[1.6]">{prettyJson(call.arguments)}</pre> : null}
    </div>
  );
}
