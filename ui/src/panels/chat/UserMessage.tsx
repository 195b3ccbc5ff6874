// What the person wrote: a bubble on the right, to copy, or to edit and send again as a sibling.
import { Paperclip } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment, Message } from "../../bindings";
import { Button } from "../../primitives/Button";
import { bytes, useLocale } from "../../primitives/format";
import { Menu } from "../../primitives/Menu";
import { useCopy } from "../../primitives/useCopy";
import { useActions } from "./actions";
import { useEdit } from "./drafts";
import { Stepper } from "./Stepper";
import type { Siblings } from "./tree";

/** A pasted file is not read again each time one scrolls past it. */
const LONGEST = 4_000;
const LINES = 40;

function headOf(text: string): string {
  return text.split("\n", LINES).join("\n").slice(0, LONGEST);
}

export function UserMessage({ message, siblings }: { message: Message; siblings: Siblings }) {
  const { t } = useTranslation();
  const { resend, editing, edit } = useActions();
  const [whole, setWhole] = useState(false);
  if (editing === message.id) {
    return (
      <Editor
        id={message.id}
        text={message.text}
        files={message.attachments.length > 0}
        onCancel={() => edit(null)}
        onSend={(text) => {
          edit(null);
          resend(message, text);
        }}
      />
    );
  }
  const head = headOf(message.text);
  const cut = !whole && head.length < message.text.length;
  return (
    <article className="group/me grid justify-items-end" data-testid="message-user" aria-label={t("chat.you")}>
      {message.attachments.length ? <Attached files={message.attachments} /> : null}
      {message.text ? (
        <div dir="auto" className="selectable max-w-[78%] overflow-clip rounded-l rounded-br-[4px] bg-hover px-[15px] py-2.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {cut ? `${head} …` : message.text}
          {cut ? (
            <button type="button" onClick={() => setWhole(true)} className="mt-1 block text-s text-ink-2 hover:text-ink">
              {t("answer.showAll")}
            </button>
          ) : null}
        </div>
      ) : null}
      <Actions message={message} siblings={siblings} />
    </article>
  );
}

function Actions({ message, siblings }: { message: Message; siblings: Siblings }) {
  const { t } = useTranslation();
  const { step, busy, edit, fork, remove } = useActions();
  const [copied, copy] = useCopy();
  const action = "rounded-[4px] px-1 hover:text-ink disabled:opacity-45";
  return (
    <div className="-mb-6 flex h-6 items-center gap-1 text-xs leading-5 text-ink-2">
      <Stepper siblings={siblings} onStep={step} />
      <span className="flex gap-1 opacity-0 group-focus-within/me:opacity-100 group-hover/me:opacity-100">
        <button type="button" className={action} onClick={() => copy(message.text)}>
          {copied ? t("common.copied") : t("common.copy")}
        </button>
        <button type="button" className={action} disabled={busy} onClick={() => edit(message.id)} data-testid="edit">
          {t("chat.edit")}
        </button>
        <Menu
          trigger={
            <button type="button" className={action} aria-label={t("answer.moreOfYours")}>
              {t("common.more")}
            </button>
          }
          actions={[
            { label: t("answer.fork"), onPick: () => fork(message) },
            { label: t("chat.delete"), danger: true, onPick: () => remove(message) },
          ]}
        />
      </span>
    </div>
  );
}

function Attached({ files }: { files: Attachment[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <ul className="mb-1.5 flex max-w-[78%] flex-wrap justify-end gap-1.5" aria-label={t("answer.attached")}>
      {files.map((file) => (
        <li key={file.id} title={file.name} className="num flex max-w-[240px] items-center gap-1.5 rounded-s border border-line bg-panel px-2 py-1 text-xs text-ink-2" data-testid="attached">
          <Paperclip className="size-3 shrink-0" aria-hidden />
          <span className="truncate text-ink">{file.name}</span>
          <span className="shrink-0">{bytes(file.size, locale)}</span>
        </li>
      ))}
    </ul>
  );
}

function Editor({ id, text, files, onCancel, onSend }: { id: string; text: string; /** Something to send even without words. */ files: boolean; onCancel: () => void; onSend: (text: string) => void }) {
  const { t } = useTranslation();
  const { text: draft, change, forget } = useEdit(id, text);
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
  function cancel() {
    forget();
    onCancel();
  }
  function press(event: KeyboardEvent) {
    // An input method takes Escape for itself: it throws away the word, not the edit.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  }
  return (
    <form
      ref={form}
      className="card grid scroll-my-3 gap-2 p-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!draft.trim() && !files) return;
        forget();
        onSend(draft.trim());
      }}
    >
      <textarea
        ref={field}
        autoFocus
        aria-label={t("chat.editMessage")}
        data-testid="edit-text"
        value={draft}
        rows={2}
        onChange={(event) => change(event.target.value)}
        onKeyDown={press}
        className="resize-none bg-transparent px-1.5 py-1 outline-none"
      />
      <div className="flex items-center justify-end gap-2">
        <span className="flex-1 px-1.5 text-xs text-ink-2">{t("chat.editNote")}</span>
        <Button onClick={cancel}>{t("common.cancel")}</Button>
        <Button look="primary" type="submit" disabled={!draft.trim() && !files} data-testid="resend">
          {t("chat.send")}
        </Button>
      </div>
    </form>
  );
}
