// The rows of a thread: a message each, or several for a long answer, with a guess at how tall each will be.
import type { Message } from "../../../bindings";
import type { Documents, Part } from "./parts";

/** Which of the message's parts stand together in a row; null is all there are. */
export type Range = { from: number; to: number };
export type Row = { key: string; message: Message; range: Range | null; last: boolean; height: number };

const LINE = 24;
const GAP = 24;
/** An answer shorter than this is one row, and is not taken apart before it is looked at. */
const SHORT = 5_000;

function userHeight({ text, attachments, pictures }: Message): number {
  const lines = text.split("\n", 60).reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 68)), 0);
  return Math.min(lines, 60) * LINE + 20 + GAP + (attachments.length + pictures.length ? 40 : 0);
}

function rangeHeight(parts: Part[], message: Message, first: boolean, last: boolean): number {
  const bodies = parts.reduce((sum, part) => sum + part.lines * LINE + part.blocks.length * 10 + part.tools.length * 110, 0);
  const ends = (first && message.reasoning ? 28 : 0) + (last ? 50 + message.pictures.length * 340 : 0);
  return bodies + ends + GAP;
}

/** Small parts, as between tool calls, stand in one row. Where a row ends depends only on what is closed. */
export function rangesOf(parts: Part[]): Range[] {
  const ranges: Range[] = [];
  let size = 0;
  let from = 0;
  parts.forEach((part, at) => {
    size += part.characters + part.tools.length * 400;
    if (size < SHORT && at < parts.length - 1) return;
    ranges.push({ from, to: at + 1 });
    from = at + 1;
    size = 0;
  });
  return ranges;
}

/** Cheap enough for thousands. */
function guess({ text, reasoning, toolCalls, pictures }: Message): number {
  return Math.ceil(text.length / 80) * LINE + (reasoning ? 28 : 0) + toolCalls.length * 110 + pictures.length * 340 + 60 + GAP;
}

/** `live` is how the streaming answers are divided, which the cache does not know. */
export function rowsOf(path: Message[], documents: Documents, live: ReadonlyMap<string, Range[]>): Row[] {
  return path.flatMap((message): Row[] => {
    const one = (height: number): Row[] => [{ key: message.id, message, range: null, last: true, height }];
    if (message.role === "user") return one(userHeight(message));
    const known = live.get(message.id);
    if (!known && message.text.length < SHORT) return one(guess(message));
    const parts = known ? [] : documents.of(message.id).parts(message);
    const ranges = known ?? rangesOf(parts);
    return ranges.map((range, index) => {
      const last = index === ranges.length - 1;
      const height = known ? 1_800 : rangeHeight(parts.slice(range.from, range.to), message, index === 0, last);
      return { key: index ? `${message.id}/${range.from}` : message.id, message, range, last, height };
    });
  });
}
