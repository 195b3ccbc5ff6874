// The messages on the chosen path. Only what is near the window is drawn, by message and, of a long answer, by part.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../bindings";
import { Answer } from "./Answer";
import { Columns } from "./compare/Columns";
import { besides } from "./compare/groups";
import { useJumpTarget } from "./jump";
import { whenIdle } from "./markdown/idle";
import { Door } from "./markdown/Link";
import { useStickToEnd } from "./stick";
import { Announcer } from "./thread/Announcer";
import { DocumentsContext } from "./thread/documents";
import { useJump } from "./thread/useJump";
import { Documents } from "./thread/parts";
import { rowsOf } from "./thread/rows";
import type { Row } from "./thread/rows";
import { useLiveParts } from "./thread/useLiveParts";
import { siblingsOf } from "./tree";
import type { Siblings } from "./tree";
import { UserMessage } from "./UserMessage";

const alone: Siblings = { ids: [], at: 0 };
const nobody: Message[] = [];
const sameWidth = (element: Element) => ({ width: element.clientWidth, height: element.clientHeight });

type Props = {
  messages: Message[];
  path: Message[];
  composer: ReactNode;
  /** What stands below the last message that is only in the summary. */
  divider?: { after: string; node: ReactNode } | null;
};

const RowView = memo(function RowView({ row, siblings, columns }: { row: Row; siblings: Siblings; columns: Message[] }) {
  if (columns.length) return <Columns answers={columns} />;
  if (row.message.role === "user") return <UserMessage message={row.message} siblings={siblings} />;
  return <Answer message={row.message} siblings={siblings} range={row.range} />;
}, sameRow);

/** Rows are made anew with every change of the list; what they show decides. */
function sameRow(a: { row: Row; siblings: Siblings; columns: Message[] }, b: typeof a): boolean {
  const sameSiblings = a.siblings === b.siblings || (a.siblings.at === b.siblings.at && a.siblings.ids.join() === b.siblings.ids.join());
  const sameColumns = a.columns.length === b.columns.length && a.columns.every((one, index) => one === b.columns[index]);
  return a.row.message === b.row.message && a.row.range?.from === b.row.range?.from && a.row.range?.to === b.row.range?.to && sameSiblings && sameColumns;
}

export function Thread({ messages, path, composer, divider = null }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [documents] = useState(() => new Documents());
  const siblings = useMemo(() => siblingsOf(messages), [messages]);
  const groups = useMemo(() => new Map(path.filter((one) => one.compare).map((one) => [one.id, besides(messages, one)])), [messages, path]);
  const live = useLiveParts(path, documents);
  const rows = useMemo(() => rowsOf(path, documents, live), [path, documents, live]);
  const { stuck, news, toEnd, letGo, settle } = useStickToEnd(scroller, content, live.size > 0);

  // What is in view comes first; what surrounds it follows when the page has been seen.
  const [overscan, setOverscan] = useState(1);
  useEffect(() => whenIdle(() => setOverscan(4)), []);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rows[index]?.height ?? 100,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan,
    initialOffset: 1e7, // it opens at its end, so the first rows drawn are the last ones
    initialRect: { width: 800, height: 800 },
    observeElementRect: (instance, tell) => {
      const element = instance.scrollElement;
      if (!element) return;
      tell(sameWidth(element));
      const watch = new ResizeObserver(() => tell(sameWidth(element)));
      watch.observe(element);
      return () => watch.disconnect();
    },
    // What is not laid out (a hidden window) keeps its guess.
    measureElement: (element, _, instance) => element.getBoundingClientRect().height || (rows[instance.indexFromElement(element)]?.height ?? 100),
  });
  // Rows stand in the flow between two spaces; where the reader is, is kept by what they read (stick.ts).
  virtual.shouldAdjustScrollPositionOnItemSizeChange = () => false;
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = Math.max(0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0));
  // Not at every measure: asking where things are makes the engine lay them out once more.
  useLayoutEffect(settle, [settle, before, after, items[0]?.key, items.at(-1)?.key]);

  const sentHere = path.at(-1)?.parent ?? null;
  // A message just sent is worth looking at, wherever the reader was.
  useLayoutEffect(toEnd, [sentHere, toEnd]);
  const scrollTo = useCallback((index: number) => virtual.scrollToIndex(index, { align: "start" }), [virtual]);
  useJumpTarget(useJump({ rows, content, scroller, letGo, scrollTo }));

  return (
    <DocumentsContext value={documents}>
      <Door>
        <div className="relative min-h-0 flex-1">
          <div ref={scroller} tabIndex={-1} className="@container h-full overflow-y-auto outline-none [overflow-anchor:none]" data-testid="thread">
            <div ref={content} role="feed" aria-label={t("chat.thread")} className="mx-auto max-w-[780px] px-6 pt-[26px] text-read leading-[1.65]">
              <div style={{ height: before }} aria-hidden />
              {items.map(({ index, key }) => {
                const row = rows[index];
                if (!row) return null;
                const { last } = row;
                return (
                  <div key={key} data-index={index} data-row={row.message.id} ref={virtual.measureElement} className={last ? "pb-[24px]" : "pb-[10px]"}>
                    <RowView row={row} siblings={siblings.get(row.message.id) ?? alone} columns={groups.get(row.message.id) ?? nobody} />
                    {last && divider?.after === row.message.id ? <div className="pt-[24px]">{divider.node}</div> : null}
                  </div>
                );
              })}
              <div style={{ height: after }} aria-hidden />
            </div>
          </div>
          {stuck ? null : (
            <button
              type="button"
              onClick={toEnd}
              data-testid="to-end"
              className="absolute bottom-2 left-1/2 inline-flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-panel px-3 text-s text-ink-2 shadow-[0_2px_8px_oklch(0_0_0/.12)] hover:text-ink"
            >
              <ArrowDown className="size-3.5" aria-hidden />
              {news ? t("chat.news") : t("chat.toEnd")}
            </button>
          )}
        </div>
        <Announcer path={path} />
        {composer}
      </Door>
    </DocumentsContext>
  );
}
