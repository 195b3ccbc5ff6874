// Where a message is written: what waits to be sent, what is attached, the field, and what sending it would take.
import { Split, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSettings, Prompt, QueuedMessage } from "../../../bindings";
import { variablesIn } from "../../../parts/prompts/variables";
import { useShortcut } from "../../../parts/shortcuts/useShortcut";
import type { ChangeDraft, Draft } from "../drafts";
import { noDraft } from "../drafts";
import { FillIn } from "../prompts/FillIn";
import { useEstimate } from "./estimate";
import { Field } from "./Field";
import type { FieldHandle } from "./Field";
import { FileChips } from "./FileChips";
import { useFiles } from "./files";
import { Foot } from "./Foot";
import { Queue } from "./Queue";
import { SlashMenu } from "./SlashMenu";
import { useSlash } from "./useSlash";

type Props = {
  conversation: string | null;
  parent: string | null;
  /** Grows with what the conversation holds, so that an old estimate is not believed. */
  history: number;
  draft: Draft;
  onDraft: ChangeDraft;
  models: string[];
  placeholder: string;
  settings: ConversationSettings;
  onSettings: (change: Partial<ConversationSettings>) => void;
  /** Sends, or puts into the queue while an answer comes. */
  onSend: (draft: Draft) => void;
  onStop: (() => void) | null;
  onEditLast: () => void;
  queue: QueuedMessage[];
  onSendQueued: () => void;
  onUnqueue: (id: string) => void;
  /** Set where the next message begins a branch in the middle. */
  onLeaveBranch: (() => void) | null;
  onTools: () => void;
  /** Of an open comparison: whose answer the next message goes on with. */
  goesOnWith: string | null;
  /** Why nothing can be sent at all, if so. */
  closed: string | null;
  sendWithEnter: boolean;
  children?: ReactNode;
};

export function Composer(props: Props) {
  const { conversation, parent, history, draft, onDraft, models, settings, onSettings, onSend, onStop, queue, closed } = props;
  const { t } = useTranslation();
  const menuId = useId();
  const field = useRef<FieldHandle>(null);
  const [blanks, setBlanks] = useState<Prompt | null>(null);
  const attached = useFiles(conversation, onDraft);
  const dropping = useDrop(attached.add);
  const { text, files } = draft;
  const write = (next: string) => onDraft((known) => ({ ...known, text: next }));
  const slash = useSlash(text, use);
  const asked = slash.open ? "" : text.trim();
  const estimate = useEstimate({ conversation, parent, text: asked, attachments: files.map((one) => one.id) }, models, history);
  const reading = attached.pending.some((one) => one.problem === null);
  const ready = (asked !== "" || files.length > 0) && !reading;

  useShortcut("focusComposer", () => field.current?.focus());
  useStopKey(onStop);

  function use(prompt: Prompt) {
    if (prompt.kind === "assistant" && prompt.settings) {
      onSettings({ ...prompt.settings, assistant: prompt.id });
      write(prompt.text);
    } else if (variablesIn(prompt.text).length) setBlanks(prompt);
    else write(prompt.text);
  }
  function send() {
    if (!ready || closed) return;
    onSend({ text: asked, files });
  }
  function takeBack(one: QueuedMessage) {
    props.onUnqueue(one.id);
    onDraft((known) => ({ text: [known.text, one.text].filter(Boolean).join("\n\n"), files: [...known.files, ...one.attachments] }));
    field.current?.focus();
  }

  return (
    <>
      {props.children}
      <Queue queue={queue} onSendNow={onStop ? null : props.onSendQueued} onEdit={takeBack} onRemove={props.onUnqueue} />
      <div
        data-dropping={dropping || undefined}
        className="relative mx-auto mb-4 w-[calc(100%-48px)] max-w-[780px] shrink-0 rounded-l border border-line bg-panel px-3 pt-3 pb-2 shadow-[0_1px_2px_oklch(0_0_0/.04)] focus-within:border-[color-mix(in_oklab,var(--ink-3)_45%,var(--line))] data-dropping:border-accent"
      >
        {slash.open ? <SlashMenu id={menuId} prompts={slash.prompts} active={slash.active} onActive={slash.onActive} onPick={use} /> : null}
        {props.goesOnWith ? <p className="px-1 pb-1.5 text-xs text-ink-2">{t("compare.goesOn", { model: props.goesOnWith })}</p> : null}
        {props.onLeaveBranch ? <BranchNote onLeave={props.onLeaveBranch} /> : null}
        <FileChips files={files} pending={attached.pending} refused={estimate?.refused ?? []} onRemove={attached.remove} onDismiss={attached.dismiss} />
        <Field
          focus={conversation}
          ref={field}
          text={text}
          onText={write}
          onEnter={send}
          onFiles={attached.add}
          onUp={props.onEditLast}
          onMenuKey={slash.onKey}
          menu={slash.open ? { id: menuId, active: slash.prompts.length ? `${menuId}-${slash.active}` : undefined } : null}
          placeholder={closed ?? (dropping ? t("compose.dropHere") : props.placeholder)}
          disabled={closed !== null}
          sendWithEnter={props.sendWithEnter}
        />
        <Foot
          settings={settings}
          onSettings={onSettings}
          onFiles={attached.add}
          onScreenshot={() => attached.screenshot(t("compose.screenshot"))}
          onPrompts={() => {
            write("/");
            setTimeout(() => field.current?.focus());
          }}
          onTools={props.onTools}
          estimate={estimate}
          ready={ready}
          onSend={send}
          onStop={onStop}
          closed={closed !== null}
        />
      </div>
      {blanks ? (
        <FillIn
          prompt={blanks}
          onClose={() => setBlanks(null)}
          onDone={(next) => {
            setBlanks(null);
            onDraft((known) => ({ ...(known ?? noDraft), text: next }));
            setTimeout(() => field.current?.focus());
          }}
        />
      ) : null}
    </>
  );
}

/** Esc stops the answer, unless a dialog, a menu or a field of its own is what it would leave. */
function useStopKey(onStop: (() => void) | null) {
  useEffect(() => {
    if (!onStop) return;
    const press = (event: globalThis.KeyboardEvent) => {
      const elsewhere = event.target instanceof HTMLInputElement || document.querySelector("[role=dialog], [role=menu]");
      if (event.key === "Escape" && !event.shiftKey && !event.isComposing && event.keyCode !== 229 && !event.defaultPrevented && !elsewhere) onStop();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onStop]);
}

/** Anywhere in the window: nobody aims at the composer. Moving over children leaves and enters all the time, so both are counted. */
function useDrop(onFiles: (files: FileList) => void): boolean {
  const [depth, setDepth] = useState(0);
  const latest = useRef(onFiles);
  useEffect(() => {
    latest.current = onFiles;
  });
  useEffect(() => {
    const carries = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const listeners: [keyof WindowEventMap, (event: DragEvent) => void][] = [
      ["dragenter", (event) => carries(event) && setDepth((now) => now + 1)],
      ["dragleave", (event) => carries(event) && setDepth((now) => Math.max(0, now - 1))],
      ["dragover", (event) => carries(event) && event.preventDefault()],
      [
        "drop",
        (event) => {
          setDepth(0);
          if (!carries(event)) return;
          event.preventDefault(); // else the webview would go to the file
          if (event.dataTransfer?.files.length) latest.current(event.dataTransfer.files);
        },
      ],
    ];
    listeners.forEach(([name, hear]) => window.addEventListener(name, hear as EventListener));
    return () => listeners.forEach(([name, hear]) => window.removeEventListener(name, hear as EventListener));
  }, []);
  return depth > 0;
}

function BranchNote({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation();
  return (
    <p data-testid="branch-note" className="mb-2 flex items-center gap-2 rounded-s bg-accent-soft py-1 pr-1 pl-2.5 text-s">
      <Split aria-hidden className="size-3.5 rotate-90 text-accent" />
      <span className="flex-1">{t("compose.branching")}</span>
      <button type="button" aria-label={t("common.cancel")} onClick={onLeave} className="grid size-6 place-items-center rounded-[5px] text-ink-2 hover:bg-hover">
        <X className="size-3.5" />
      </button>
    </p>
  );
}
