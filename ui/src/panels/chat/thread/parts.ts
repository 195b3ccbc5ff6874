// A message in parts, so that of a long answer only what is near the window is drawn. A closed part never changes.
import type { Message, ToolCall } from "../../../bindings";
import type { Block, Definition } from "../markdown/blocks";
import { Blocks } from "../markdown/blocks";

/** Characters after which a part is closed: a screen or two. */
const FULL = 6_000;

export type Part = {
  blocks: Block[];
  /** Places in the message's list of tool calls: they stand after these blocks. */
  tools: number[];
  characters: number;
  lines: number;
};

export type Notes = { definitions: Definition[]; footnotes: Definition[]; version: number };

/** In characters of plain text: what a block takes to draw. An empty listing has its buttons all the same. */
function sizeOf(block: Block): number {
  if (block.kind === "text") return block.text.length + 60;
  if (block.kind === "maths") return block.formula.length + 200;
  return block.kind === "picture" ? 1_500 : Math.min(block.lines, 420) * 40 + 400;
}

function linesOf(block: Block): number {
  if (block.kind === "text") return Math.ceil(block.text.length / 95) + 1;
  if (block.kind === "maths") return 3;
  return block.kind === "picture" ? 16 : Math.min(block.lines, 420) + 3;
}

function partOf(blocks: Block[], tools: number[] = []): Part {
  return { blocks, tools, characters: blocks.reduce((sum, one) => sum + sizeOf(one), 0), lines: blocks.reduce((sum, one) => sum + linesOf(one), 0) };
}

/** The text between two tool calls. */
class Stretch {
  blocks = new Blocks();
  #parts: Part[] = [];
  #taken = 0;
  #size = 0;
  #from = 0;

  feed(text: string): void {
    if (!this.blocks.feed(text)) {
      this.blocks = new Blocks();
      this.#parts = [];
      this.#taken = this.#size = this.#from = 0;
      this.blocks.feed(text);
    }
    const { closed } = this.blocks;
    for (; this.#taken < closed.length; this.#taken++) {
      const block = closed[this.#taken];
      if (block) this.#size += sizeOf(block);
      if (this.#size < FULL) continue;
      this.#parts.push(partOf(closed.slice(this.#from, this.#taken + 1)));
      this.#from = this.#taken + 1;
      this.#size = 0;
    }
  }

  parts(): Part[] {
    const last = [...this.blocks.closed.slice(this.#from), ...this.blocks.open()];
    return last.length || !this.#parts.length ? [...this.#parts, partOf(last)] : [...this.#parts];
  }
}

/** Where the text is cut for the calls that were made inside it. A call that does not say stands at the end. */
function cutsOf(calls: ToolCall[], length: number): Map<number, number[]> {
  const cuts = new Map<number, number[]>();
  calls.forEach((call, index) => {
    const at = Math.min(call.at ?? length, length);
    cuts.set(at, [...(cuts.get(at) ?? []), index]);
  });
  return cuts;
}

/** One message's text, taken in as it grows. */
export class Document {
  #stretches: Stretch[] = [];
  #text: string | null = null;
  #calls: ToolCall[] = [];
  #over = false;
  #parts: Part[] = [];
  #notes: Notes = { definitions: [], footnotes: [], version: 0 };
  #since: number | undefined;

  /** When it was first seen thinking here. */
  thinkingSince(now: number): number {
    return (this.#since ??= now);
  }

  parts({ text, toolCalls, state }: Pick<Message, "text" | "toolCalls" | "state">): Part[] {
    const over = state !== "streaming";
    if (this.#text === text && this.#calls === toolCalls && this.#over === over) return this.#parts;
    this.#text = text;
    this.#calls = toolCalls;
    this.#over = over;
    const cuts = [...cutsOf(toolCalls, text.length)].sort(([a], [b]) => a - b);
    const ends = cuts.at(-1)?.[0] === text.length ? cuts : [...cuts, [text.length, []] as [number, number[]]];
    let from = 0;
    this.#parts = ends.flatMap(([end, tools], index) => {
      const stretch = (this.#stretches[index] ??= new Stretch());
      // What is over ends its last line: a footnote there is a footnote.
      stretch.feed(over && end === text.length ? `${text.slice(from)}\n` : text.slice(from, end));
      from = end;
      const parts = stretch.parts();
      const last = parts.at(-1);
      return last && tools.length ? [...parts.slice(0, -1), { ...last, tools }] : parts;
    });
    this.#stretches.length = ends.length;
    return this.#parts;
  }

  /** Link definitions and footnotes of the whole message; the same object until there is another one. */
  notes(): Notes {
    const definitions = this.#stretches.flatMap((one) => one.blocks.definitions);
    const footnotes = this.#stretches.flatMap((one) => one.blocks.footnotes);
    const version = definitions.length + footnotes.reduce((sum, note) => sum + 1 + note.text.length, 0);
    if (version !== this.#notes.version) this.#notes = { definitions, footnotes, version };
    return this.#notes;
  }
}

/** The documents of one open conversation; they go when it is closed. */
export class Documents {
  #known = new Map<string, Document>();

  of(id: string): Document {
    const document = this.#known.get(id) ?? new Document();
    this.#known.set(id, document);
    return document;
  }
}
