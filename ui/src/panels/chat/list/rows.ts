// The list as it is drawn, a row after the other: pinned ones, folders, then the rest by age. Pure, so that it can be tested.
import type { ConversationSummary, Folder } from "../../../bindings";
import type { Age } from "./groups";
import { byAge } from "./groups";

export type Row =
  | { kind: "label"; key: string; label: "pinned" | "folders" | Age }
  | { kind: "folder"; key: string; folder: Folder; open: boolean; count: number; answering: boolean }
  | { kind: "empty"; key: string; folder: Folder }
  | { kind: "item"; key: string; conversation: ConversationSummary; inFolder: boolean };

export const heights: Record<Row["kind"], number> = { label: 31, folder: 32, empty: 28, item: 50 };

const item = (conversation: ConversationSummary, inFolder = false): Row => ({ kind: "item", key: conversation.id, conversation, inFolder });
const label = (name: "pinned" | "folders" | Age): Row => ({ kind: "label", key: `-${name}`, label: name });

export function rowsOf(all: ConversationSummary[], folders: Folder[], closed: ReadonlySet<string>, now: number): Row[] {
  const shown = all.filter((one) => !one.archived);
  const known = new Set(folders.map((one) => one.id));
  const pinned = shown.filter((one) => one.pinned);
  const loose = shown.filter((one) => !one.pinned && !(one.folder && known.has(one.folder)));
  return [
    ...(pinned.length ? [label("pinned"), ...pinned.map((one) => item(one))] : []),
    ...(folders.length ? [label("folders"), ...folders.flatMap((folder) => folderRows(folder, shown, closed))] : []),
    ...byAge(loose, now).flatMap(({ age, conversations }) => [label(age), ...conversations.map((one) => item(one))]),
  ];
}

function folderRows(folder: Folder, shown: ConversationSummary[], closed: ReadonlySet<string>): Row[] {
  const inside = shown.filter((one) => one.folder === folder.id && !one.pinned);
  const open = !closed.has(folder.id);
  const head: Row = { kind: "folder", key: folder.id, folder, open, count: inside.length, answering: inside.some((one) => one.streaming) };
  if (!open) return [head];
  return [head, ...(inside.length ? inside.map((one) => item(one, true)) : [{ kind: "empty", key: `${folder.id}-empty`, folder } satisfies Row])];
}

export function archivedRows(all: ConversationSummary[]): Row[] {
  return all.filter((one) => one.archived).map((one) => item(one));
}

/** From one to another as they stand on screen: what Shift and a click choose. */
export function between(rows: Row[], from: string, to: string): string[] {
  const ids = rows.filter((row) => row.kind === "item").map((row) => row.conversation.id);
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  if (a < 0 || b < 0) return [to];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
