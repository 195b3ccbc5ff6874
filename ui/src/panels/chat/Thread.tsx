// The messages on the chosen path. Only the newest part is drawn; scrolling up draws the rest, thirty at a time.
import { ArrowDown } from "lucide-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../bindings";
import { Answer } from "./Answer";
import { useStickToEnd } from "./stick";
import { siblingsOf } from "./tree";
import { UserMessage } from "./UserMessage";

const STEP = 30;
const alone = { ids: [], at: 0 };

type Props = { id: string; messages: Message[]; path: Message[]; composer: ReactNode };

export function Thread({ id, messages, path, composer }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const siblings = useMemo(() => siblingsOf(messages), [messages]);
  const [drawn, setDrawn] = useState(STEP);
  const before = useRef<number | null>(null);
  const { stuck, news, toEnd } = useStickToEnd(scroller, content, id);
  const shown = path.slice(-drawn);
  const sentHere = path.at(-1)?.parent ?? null;

  // What is added above must not move what is being read.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && before.current !== null) element.scrollTop += element.scrollHeight - before.current;
    before.current = null;
  }, [drawn]);
  // A message just sent is worth looking at, wherever the reader was.
  useLayoutEffect(toEnd, [sentHere, toEnd]);

  function onScroll() {
    const element = scroller.current;
    if (!element || element.scrollTop > 600 || drawn >= path.length) return;
    before.current = element.scrollHeight;
    setDrawn((now) => Math.min(path.length, now + STEP));
  }

  return (
    <>
      <div className="relative min-h-0 flex-1">
        <div ref={scroller} onScroll={onScroll} tabIndex={-1} className="h-full overflow-y-auto [overflow-anchor:none]">
          <div ref={content} role="log" aria-label={t("chat.thread")} className="mx-auto grid max-w-[780px] gap-[24px] px-6 pt-[26px] pb-4 text-read leading-[1.65]">
            {shown.map((message) =>
              message.role === "user" ? (
                <UserMessage key={message.id} message={message} siblings={siblings.get(message.id) ?? alone} />
              ) : (
                <Answer key={message.id} message={message} siblings={siblings.get(message.id) ?? alone} />
              ),
            )}
          </div>
        </div>
        {stuck ? null : (
          <button
            type="button"
            onClick={toEnd}
            data-testid="to-end"
            className="absolute bottom-2 left-1/2 inline-flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-panel px-3 text-s text-ink-2 shadow-[0_2px_8px_oklch(0_0_0/.12)] hover:text-ink"
          >
            <ArrowDown className="size-3.5" />
            {news ? t("chat.news") : t("chat.toEnd")}
          </button>
        )}
      </div>
      {composer}
    </>
  );
}
