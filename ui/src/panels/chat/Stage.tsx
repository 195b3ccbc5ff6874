// The open conversation: its thread, and where a summary stands for what is above it.
import type { Conversation, Message } from "../../bindings";
import { Divider } from "./context/Divider";
import { Thread } from "./Thread";

type Props = { conversation: Conversation; path: Message[]; onUndoCompaction: () => void };

export function Stage({ conversation, path, onUndoCompaction }: Props) {
  const { compaction, messages, summary } = conversation;
  const divider = compaction ? { after: compaction.through, node: <Divider compaction={compaction} onUndo={onUndoCompaction} /> } : null;
  return <Thread key={summary.id} messages={messages} path={path} composer={null} divider={divider} />;
}
