// Where a message is written. Grows with it; Enter sends, unless an input method is still choosing a word.
import { ArrowUp, Square } from "lucide-react";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../primitives/Button";
import { CompositionGuard, sends } from "./composing";

type Props = {
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
  onStop: (() => void) | null;
  /** Why nothing can be sent at all, if so. */
  closed: string | null;
  model: string;
  sendWithEnter: boolean;
  /** Changes when the field should have the focus: another conversation was opened. */
  focus: string | null;
};

export function Composer({ text, onText, onSend, onStop, closed, model, sendWithEnter, focus }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const guard = useRef(new CompositionGuard());

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto"; // WebKitGTK has no `field-sizing`
    element.style.height = `${Math.min(element.scrollHeight, 260)}px`;
  }, [text]);
  useEffect(() => field.current?.focus({ preventScroll: true }), [focus]);
  useEffect(() => {
    if (!onStop) return;
    const press = (event: globalThis.KeyboardEvent) => {
      const elsewhere = event.target instanceof HTMLInputElement || document.querySelector("[role=dialog], [role=menu]");
      if (event.key === "Escape" && !event.defaultPrevented && !elsewhere) onStop();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onStop]);

  function press(event: KeyboardEvent) {
    const { key, keyCode, timeStamp } = event;
    if (guard.current.holds({ key, keyCode, timeStamp, isComposing: event.nativeEvent.isComposing })) return;
    if (!sends(event, sendWithEnter)) return;
    event.preventDefault();
    if (text.trim() && !onStop && !closed) onSend();
  }

  return (
    <div className="mx-auto mb-4 w-[calc(100%-48px)] max-w-[780px] shrink-0 rounded-l border border-line bg-panel px-3 pt-3 pb-2 shadow-[0_1px_2px_oklch(0_0_0/.04)] focus-within:border-[color-mix(in_oklab,var(--ink-3)_45%,var(--line))]">
      <textarea
        ref={field}
        data-testid="composer"
        aria-label={t("chat.message")}
        rows={1}
        value={text}
        disabled={closed !== null}
        placeholder={closed ?? t("chat.placeholder", { model })}
        onChange={(event) => onText(event.target.value)}
        onCompositionStart={() => guard.current.started()}
        onCompositionEnd={(event) => guard.current.ended(event.timeStamp)}
        onKeyUp={() => guard.current.released()}
        onKeyDown={press}
        className="block min-h-[44px] w-full resize-none bg-transparent px-1 text-read leading-[1.5] outline-none"
      />
      <div className="flex h-[34px] items-center gap-2">
        <span className="flex-1 truncate px-1 text-xs text-ink-2">{sendWithEnter ? t("chat.enterSends") : t("chat.ctrlEnterSends")}</span>
        {onStop ? (
          <Button look="primary" data-testid="stop" onClick={onStop} title={t("chat.stopHint")}>
            <Square className="fill-current" />
            {t("chat.stop")}
          </Button>
        ) : (
          <Button look="primary" data-testid="send" disabled={!text.trim() || closed !== null} onClick={onSend}>
            <ArrowUp />
            {t("chat.send")}
          </Button>
        )}
      </div>
    </div>
  );
}
