// The prompts and assistants over the composer, moved through with the arrows while one goes on typing.
import { clsx } from "clsx";
import { Bot, TextQuote } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Prompt } from "../../../bindings";

type Props = { id: string; prompts: Prompt[]; active: number; onActive: (index: number) => void; onPick: (prompt: Prompt) => void };

export function SlashMenu({ id, prompts, active, onActive, onPick }: Props) {
  const { t } = useTranslation();
  return (
    <div className="absolute inset-x-0 bottom-full z-20 mb-1.5 overflow-hidden rounded-m border border-line bg-panel shadow-[0_8px_28px_oklch(0_0_0/.16)]">
      <div id={id} role="listbox" aria-label={t("prompts.title")} data-testid="slash-menu" className="max-h-[260px] overflow-y-auto p-1.5">
        {prompts.map((prompt, index) => (
          <div
            key={prompt.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseMove={() => index !== active && onActive(index)}
            onMouseDown={(event) => event.preventDefault() /* the field keeps the focus */}
            onClick={() => onPick(prompt)}
            className={clsx("flex min-h-8 items-center gap-2.5 rounded-s px-2.5 py-1 text-m [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-3", index === active && "bg-hover")}
          >
            {prompt.kind === "assistant" ? <Bot /> : <TextQuote />}
            <span className="shrink-0">{prompt.name}</span>
            <span className="min-w-0 flex-1 truncate text-s text-ink-2">{prompt.kind === "assistant" ? (prompt.settings?.systemPrompt ?? "") : prompt.text.replace(/\s+/g, " ")}</span>
            {prompt.kind === "assistant" ? <span className="shrink-0 text-xs text-ink-2">{t("prompts.assistant")}</span> : null}
          </div>
        ))}
      </div>
    </div>
  );
}
