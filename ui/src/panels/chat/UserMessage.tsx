// What the person wrote: a bubble on the right, to copy, or to edit and send again as a sibling.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../bindings";
import { Button } from "../../primitives/Button";
import { useCopy } from "../../primitives/useCopy";
import { useActions } from "./actions";
import { Stepper } from "./Stepper";
import type { Siblings } from "./tree";

export function UserMessage({ message, siblings }: { message: Message; siblings: Siblings }) {
  const { t } = useTranslation();
  const { resend, step, busy } = useActions();
  const [editing, setEditing] = useState(false);
  const [copied, copy] = useCopy();
  const action = "rounded-[4px] px-1 hover:text-ink disabled:opacity-45";
  if (editing) {
    return (
      <Editor
        text={message.text}
        onCancel={() => setEditing(false)}
        onSend={(text) => {
          setEditing(false);
          resend(message, text);
        }}
      />
    );
  }
  return (
    <article className="group/me grid justify-items-end" data-testid="message-user" aria-label={t("chat.you")}>
      <div className="selectable max-w-[78%] rounded-l rounded-br-[4px] bg-hover px-[15px] py-2.5 whitespace-pre-wrap [overflow-wrap:anywhere]">{message.text}</div>
      <div className="-mb-6 flex h-6 items-center gap-1 text-xs leading-5 text-ink-2">
        <Stepper siblings={siblings} onStep={step} />
        <span className="flex gap-1 opacity-0 group-focus-within/me:opacity-100 group-hover/me:opacity-100">
          <button type="button" className={action} onClick={() => copy(message.text)}>
            {copied ? t("common.copied") : t("common.copy")}
          </button>
          <button type="button" className={action} disabled={busy} onClick={() => setEditing(true)} data-testid="edit">
            {t("chat.edit")}
          </button>
        </span>
      </div>
    </article>
  );
}

function Editor({ text, onCancel, onSend }: { text: string; onCancel: () => void; onSend: (text: string) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(text);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, 320)}px`;
  }, [draft]);
  useEffect(() => {
    field.current?.setSelectionRange(text.length, text.length);
    // After the thread has stuck to its end once more: the editor is taller than the bubble it replaces.
    const timer = setTimeout(() => form.current?.scrollIntoView({ block: "nearest" }), 60);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <form
      ref={form}
      className="card grid scroll-my-3 gap-2 p-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim()) onSend(draft.trim());
      }}
    >
      <textarea
        ref={field}
        autoFocus
        aria-label={t("chat.editMessage")}
        data-testid="edit-text"
        value={draft}
        rows={2}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onCancel()}
        className="resize-none bg-transparent px-1.5 py-1 outline-none"
      />
      <div className="flex items-center justify-end gap-2">
        <span className="flex-1 px-1.5 text-xs text-ink-2">{t("chat.editNote")}</span>
        <Button onClick={onCancel}>{t("common.cancel")}</Button>
        <Button look="primary" type="submit" disabled={!draft.trim()} data-testid="resend">
          {t("chat.send")}
        </Button>
      </div>
    </form>
  );
}
