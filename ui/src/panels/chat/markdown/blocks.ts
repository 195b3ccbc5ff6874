// An answer in pieces that stand alone. Text is taken in once, line by line; only the piece still being written changes.
import { cutAt, PIECE, ROWS } from "./hard";

export type Block =
  | { kind: "text"; text: string; inset: number }
  /** Lines in windows, so that a long listing grows by its last window only. */
  | { kind: "code"; language: string; windows: string[]; lines: number; inset: number }
  | { kind: "maths"; formula: string; inset: number }
  /** One that carries itself: too long to be part of a text. */
  | { kind: "picture"; url: string; name: string; inset: number };

export type Definition = { label: string; text: string };

/** Lines in one window of code. */
export const WINDOW = 100;
const FENCE = /^( *)(?:[-*+] +|\d{1,9}[.)] +)?(`{3,}|~{3,})([^`]*)$/;
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const TOP_ITEM = /^ ?(?:[-*+]|\d{1,9}[.)])\s/;
const CONTINUES = /^(?: {2,}|\t)\S/;
const INDENTED = /^(?: {4,}|\t)\S/;
const DEFINITION = /^ {0,3}\[(?!\^)([^\]]+)\]:\s*\S/;
const FOOTNOTE = /^ {0,3}\[\^([^\]\s]+)\]:\s?(.*)$/;
const RULE_OF_TABLE = /^\|?(?: *:?-+:? *\|)+(?: *:?-+:?)?$/;
const PICTURE = /!\[([^\]\n]{0,300})\]\(data:image\//;
/** What a line is, its beginning says: a pattern is never tried on a line of a megabyte. */
const BEGINNING = 400;

const NOTHING = { text: "", list: false, indented: false, blank: false, head: "" };
type Fence = { kind: "code"; mark: string; indent: number; language: string; done: string[]; rest: string[] };
type Maths = { kind: "maths"; end: string; lines: string[]; size: number };

function closes(mark: string, line: string): boolean {
  const text = line.trim();
  return text.length >= mark.length && text.split("").every((letter) => letter === mark.charAt(0));
}

/** A line without the indent of the item it belongs to. */
function outOf(line: string, indent: number): string {
  let at = 0;
  while (at < indent && line.charAt(at) === " ") at++;
  return line.slice(at);
}

export class Blocks {
  /** Pieces that never change again. */
  readonly closed: Block[] = [];
  readonly definitions: Definition[] = [];
  readonly footnotes: Definition[] = [];
  /** Lines looked at so far: the measure of work. */
  work = 0;
  #seen = "";
  #taken = 0;
  #now = { ...NOTHING };
  #inside: Fence | Maths | null = null;
  #note: Definition | null = null;
  #inset = 0;
  /** Where a picture begins that has not all come. */
  #waits = -1;

  /** Takes the text as it stands. False if it is not a continuation of what was taken: then begin anew. */
  feed(text: string): boolean {
    if (!text.startsWith(this.#seen)) return false;
    for (let end = text.indexOf("\n", this.#taken); end >= 0; end = text.indexOf("\n", this.#taken)) {
      this.#cut(text, end, true);
      this.#line(text.slice(this.#taken, end));
      this.#taken = end + 1;
    }
    this.#cut(text, text.length, false);
    this.#seen = text;
    return true;
  }

  /** A line without an end is taken in pieces, and a picture out of it. A listing shortens its own. */
  #cut(text: string, end: number, ended: boolean): void {
    this.#waits = -1;
    while (this.#inside?.kind !== "code") {
      const picture = this.#inside ? null : PICTURE.exec(text.slice(this.#taken, Math.min(end, this.#taken + PIECE)));
      const from = picture ? this.#taken + picture.index : 0;
      const close = picture ? text.indexOf(")", from + picture[0].length) : -1;
      if (picture && close >= 0 && close < end) {
        if (from > this.#taken) this.#line(text.slice(this.#taken, from));
        this.#end();
        this.closed.push({ kind: "picture", url: text.slice(text.indexOf("(", from + picture[0].length - 12) + 1, close).split(" ", 1)[0] ?? "", name: picture[1] ?? "", inset: this.#inset });
        this.#taken = close + 1;
      } else if (picture && !ended) {
        this.#waits = from;
        return;
      } else if (end - this.#taken > PIECE) {
        const at = this.#taken + cutAt(text.slice(this.#taken, this.#taken + PIECE), PIECE);
        this.#line(text.slice(this.#taken, at));
        if (!this.#inside) this.#end();
        this.#taken = at;
      } else return;
    }
  }

  /** The piece still being written, and what its unfinished last line may become. */
  open(): Block[] {
    const tail = this.#seen.slice(this.#taken, this.#waits < 0 ? undefined : this.#waits);
    const inset = this.#inset;
    if (this.#inside) {
      const last = this.#inside.kind === "code" && closes(this.#inside.mark.slice(0, 1), tail) ? "" : tail;
      return [this.#shown(this.#inside, last)];
    }
    if (this.#note || FOOTNOTE.test(tail)) return [];
    const { text } = this.#now;
    if (!tail.trim()) return text.trim() ? [{ kind: "text", text, inset }] : [];
    const fence = tail.length < BEGINNING ? FENCE.exec(tail) : null;
    const begun: Block = fence ? { kind: "code", language: (fence[3] ?? "").trim(), windows: [], lines: 0, inset } : { kind: "text", text: outOf(tail, inset), inset };
    if (!text.trim()) return [begun];
    if (fence || this.#splits(tail)) return [{ kind: "text", text, inset }, begun];
    return [{ kind: "text", text: `${text}${text ? "\n" : ""}${outOf(tail, inset)}`, inset }];
  }

  #shown(inside: Fence | Maths, tail: string): Block {
    if (inside.kind === "maths") return { kind: "text", text: [...inside.lines, tail].join("\n"), inset: this.#inset };
    const rest = tail ? [...inside.rest, outOf(tail, inside.indent)] : inside.rest;
    const windows = rest.length ? [...inside.done, rest.join("\n")] : [...inside.done];
    return { kind: "code", language: inside.language, windows, lines: inside.done.length * WINDOW + rest.length, inset: inside.indent };
  }

  #end(): void {
    const { text } = this.#now;
    if (text.trim()) this.closed.push({ kind: "text", text: text.replace(/\n+$/, ""), inset: this.#inset });
    this.#now = { ...NOTHING };
  }

  #line(line: string): void {
    this.work++;
    if (this.#inside) this.#within(this.#inside, line);
    else if (!this.#noted(line)) this.#prose(line);
  }

  #within(inside: Fence | Maths, line: string): void {
    if (inside.kind === "maths") {
      inside.lines.push(line);
      inside.size += line.length;
      if (inside.size > PIECE) return this.#noMaths(inside);
      if (!line.trim().endsWith(inside.end)) return;
      const formula = inside.lines.join("\n").trim().slice(2, -2).trim();
      this.closed.push({ kind: "maths", formula, inset: this.#inset });
      this.#inside = null;
      return;
    }
    if (closes(inside.mark, line)) {
      this.closed.push(this.#shown(inside, ""));
      this.#inside = null;
      this.#inset = inside.indent;
      return;
    }
    inside.rest.push(outOf(line, inside.indent));
    if (inside.rest.length === WINDOW) inside.done.push(inside.rest.splice(0).join("\n"));
  }

  /** A formula never ends so late: its dollars were prices. */
  #noMaths({ lines }: Maths): void {
    this.#inside = null;
    const text = lines.join("\n");
    for (let at = 0; at < text.length; at += PIECE) this.closed.push({ kind: "text", text: text.slice(at, at + PIECE), inset: this.#inset });
  }

  /** A footnote and the lines that belong to it are kept aside: they stand at the answer's end. */
  #noted(line: string): boolean {
    const begun = FOOTNOTE.exec(line);
    if (begun) {
      this.#end();
      this.#note = { label: begun[1] ?? "", text: begun[2] ?? "" };
      this.footnotes.push(this.#note);
      return true;
    }
    if (!this.#note) return false;
    if (line.trim() && !CONTINUES.test(line)) {
      this.#note = null;
      return false;
    }
    if (this.#note.text.length < PIECE) this.#note.text += `\n${line.trim()}`;
    return true;
  }

  /** Whether this line begins another piece. */
  #splits(line: string): boolean {
    const { list, indented, blank } = this.#now;
    const begins = line.slice(0, BEGINNING);
    const goesOn = (list && (LIST.test(begins) || CONTINUES.test(begins))) || (indented && INDENTED.test(begins));
    return (blank && !goesOn) || (this.#inset > 0 && !line.startsWith(" "));
  }

  #prose(raw: string): void {
    if (!raw.trim()) {
      if (this.#now.text) this.#now.text += "\n";
      this.#now.blank = true;
      return;
    }
    if (this.#splits(raw)) this.#end();
    if (this.#inset && !raw.startsWith(" ")) this.#inset = 0;
    const line = outOf(raw, this.#inset);
    if (this.#begins(line)) return;
    if (!this.#now.text && DEFINITION.test(line)) {
      const label = DEFINITION.exec(line)?.[1] ?? "";
      this.definitions.push({ label: label.toLowerCase(), text: line.trim() });
      return;
    }
    this.#makeRoom(line);
    const now = this.#now;
    now.indented ||= !now.text && INDENTED.test(line);
    now.list ||= LIST.test(line);
    if (now.text && !now.head && line.length < 2_000 && RULE_OF_TABLE.test(line.trim())) now.head = `${now.text.trimEnd().split("\n").at(-1) ?? ""}\n${line}`;
    now.text += now.text ? `\n${line}` : line;
    now.blank = false;
  }

  /** Code and formulas are pieces of their own, also inside a list: what follows keeps the item's indent. */
  #begins(line: string): boolean {
    const fence = line.length < BEGINNING ? FENCE.exec(line) : null;
    const text = line.trim();
    const item = fence ? line.length - fence[2]!.length - fence[3]!.length : 0;
    if (fence && (item < 4 || this.#now.list || LIST.test(line))) {
      const marker = line.slice(0, item);
      if (marker.trim()) this.#prose(marker); // "1. ```js": the number stays a list of its own
      this.#end();
      this.#inside = { kind: "code", mark: fence[2] ?? "```", indent: this.#inset + item, language: (fence[3] ?? "").trim().split(/\s/)[0] ?? "", done: [], rest: [] };
      return true;
    }
    const end = text.startsWith("$$") ? "$$" : text.startsWith("\\[") ? "\\]" : null;
    if (!end || this.#now.list || this.#now.indented || (this.#now.text && !this.#now.blank && !text.startsWith("$$"))) return false;
    const whole = text.length > 4 && text.endsWith(end);
    if (!whole && text.slice(2).includes(end)) return false; // "$$a$$ and more" is a line of prose
    this.#end();
    if (whole) this.closed.push({ kind: "maths", formula: text.slice(2, -2).trim(), inset: this.#inset });
    else this.#inside = { kind: "maths", end, lines: [line], size: line.length };
    return true;
  }

  #makeRoom(line: string): void {
    const { text, list, head } = this.#now;
    if (text.length < ROWS) return;
    if (list && TOP_ITEM.test(line)) this.#end();
    else if (head && line.trim().startsWith("|")) {
      this.#end();
      this.#now = { ...NOTHING, text: head, head };
    } else if (text.length > PIECE) this.#end();
  }
}
