// How the answers that are arriving are divided: the thread is drawn again when there is another row, not at every word.
import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { Message } from "../../../bindings";
import { overlaid } from "../answers";
import { useTalk } from "../talk";
import type { Documents } from "./parts";
import { rangesOf } from "./rows";
import type { Range } from "./rows";

export function useLiveParts(path: Message[], documents: Documents): ReadonlyMap<string, Range[]> {
  const { answers } = useTalk();
  const live = useMemo(() => path.filter((message) => message.role === "assistant" && (message.state === "streaming" || answers.get(message.id))), [path, answers]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = live.map((message) => answers.subscribe(message.id, listener));
      return () => stops.forEach((stop) => stop());
    },
    [answers, live],
  );
  // The last range ends where the parts do: only where the others end makes a difference.
  const divided = useSyncExternalStore(subscribe, () =>
    JSON.stringify(live.map((message) => [message.id, rangesOf(documents.of(message.id).parts(overlaid(message, answers.get(message.id)))).map((range) => range.from)])),
  );
  return useMemo(
    () => new Map((JSON.parse(divided) as [string, number[]][]).map(([id, starts]) => [id, starts.map((from, at) => ({ from, to: starts[at + 1] ?? Number.MAX_SAFE_INTEGER }))])),
    [divided],
  );
}
