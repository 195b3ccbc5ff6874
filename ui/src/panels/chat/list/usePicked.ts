// Choosing several: Ctrl and a click adds or takes away one, Shift and a click everything up to it.
import { useCallback, useMemo, useRef, useState } from "react";
import type { DragEvent, MouseEvent } from "react";
import type { ConversationSummary } from "../../../bindings";
import { DRAGGED } from "./FolderRow";
import type { Row } from "./rows";
import { between } from "./rows";

export function usePicked(rows: Row[], all: ConversationSummary[], open: string | null) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const list = useMemo(() => (ids.size ? all.filter((one) => ids.has(one.id)) : []), [ids, all]);
  /** True where the click chose, and should open nothing. */
  const click = useCallback(
    (one: ConversationSummary, event: MouseEvent): boolean => {
      if (event.shiftKey) setIds(new Set(between(rows, last.current ?? open ?? one.id, one.id)));
      else if (event.ctrlKey || event.metaKey) {
        setIds((now) => {
          const next = new Set(now);
          if (!next.delete(one.id)) next.add(one.id);
          return next;
        });
        last.current = one.id;
      } else {
        setIds((now) => (now.size ? new Set() : now));
        last.current = one.id;
        return false;
      }
      return true;
    },
    [rows, open],
  );
  const drag = useCallback(
    (one: ConversationSummary, event: DragEvent) => {
      event.dataTransfer.setData(DRAGGED, JSON.stringify(ids.has(one.id) ? [...ids] : [one.id]));
      event.dataTransfer.effectAllowed = "move";
    },
    [ids],
  );
  const clear = useCallback(() => setIds(new Set()), []);
  return useMemo(() => ({ list, has: (id: string) => ids.has(id), click, drag, clear }), [list, ids, click, drag, clear]);
}
