// A search hit asks for one message: the branch it stands on is brought up first, then the thread goes to it.
import { useEffect } from "react";
import type { Message } from "../../bindings";
import { jumpTo } from "./jump";
import { useTalk } from "./talk";
import { deepestLeaf } from "./tree";

type Ask = { id: string | null; jump: string | null; messages: Message[]; path: Message[]; onDone: () => void };

export function useJumps({ id, jump, messages, path, onDone }: Ask): void {
  const talk = useTalk();
  useEffect(() => {
    if (!id || !jump || !messages.length) return;
    if (path.some((one) => one.id === jump)) {
      jumpTo(jump);
      onDone();
    } else if (messages.some((one) => one.id === jump)) talk.choose(id, deepestLeaf(messages, jump));
    else onDone(); // it was deleted since
  });
}
