// The field itself: grows with its text, knows when an input method is at work, and what Enter, ↑ and "/" mean in it.
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { ClipboardEvent, KeyboardEvent, Ref } from "react";
import { useTranslation } from "react-i18next";
import { CompositionGuard, sends } from "../composing";

export type FieldHandle = { focus: () => void };
type Props = {
  ref?: Ref<FieldHandle>;
  /** Changes when the field should have the focus: another conversation was opened. */
  focus: string | null;
  text: string;
  onText: (text: string) => void;
  onEnter: () => void;
  onFiles: (files: FileList) => void;
  /** ↑ in an empty field. */
  onUp: () => void;
  /** A key the menu over the field takes for itself. */
  onMenuKey: (event: KeyboardEvent) => boolean;
  menu: { id: string; active: string | undefined } | null;
  placeholder: string;
  disabled: boolean;
  sendWithEnter: boolean;
};

export function Field({ ref, focus, text, onText, onEnter, onFiles, onUp, onMenuKey, menu, placeholder, disabled, sendWithEnter }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const guard = useRef(new CompositionGuard());
  useImperativeHandle(ref, () => ({
    focus() {
      const element = field.current;
      element?.focus({ preventScroll: true });
      element?.setSelectionRange(element.value.length, element.value.length);
    },
  }));
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto"; // WebKitGTK has no `field-sizing`
    element.style.height = `${Math.min(element.scrollHeight, Math.max(120, window.innerHeight * 0.36))}px`;
  }, [text]);
  useEffect(() => field.current?.focus({ preventScroll: true }), [focus]);

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    const { key, keyCode, timeStamp } = event;
    if (guard.current.holds({ key, keyCode, timeStamp, isComposing: event.nativeEvent.isComposing })) return;
    if (onMenuKey(event)) return;
    if (key === "ArrowUp" && !text && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      onUp();
      return;
    }
    if (!sends(event, sendWithEnter)) return;
    event.preventDefault();
    if (!event.repeat) onEnter(); // a key held down must not send twice
  }
  function paste(event: ClipboardEvent) {
    // Office puts a picture of the text beside the text: the text is what is meant.
    if (!event.clipboardData.files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    onFiles(event.clipboardData.files);
  }

  return (
    <textarea
      ref={field}
      data-testid="composer"
      aria-label={t("chat.message")}
      role={menu ? "combobox" : undefined}
      aria-expanded={menu ? true : undefined}
      aria-controls={menu?.id}
      aria-activedescendant={menu?.active}
      rows={1}
      value={text}
      disabled={disabled}
      placeholder={placeholder}
      onChange={(event) => onText(event.target.value)}
      onCompositionStart={() => guard.current.started()}
      onCompositionEnd={(event) => guard.current.ended(event.timeStamp)}
      onKeyUp={() => guard.current.released()}
      onKeyDown={press}
      onPaste={paste}
      className="block min-h-[44px] w-full resize-none bg-transparent px-1 text-read leading-[1.5] outline-none"
    />
  );
}
