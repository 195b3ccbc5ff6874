// How much of a model's text is worth parsing. Beyond these, Markdown costs more than it shows: the text stays as it is.

/** A paragraph longer than this is cut at a line, or inside one. */
export const PIECE = 8_000;
/** A list or table is cut between its rows earlier: all of it is parsed again with every row that arrives. */
export const ROWS = 3_000;
const MARKS = 600; // matching emphasis and brackets takes the square of their number
const DEPTH = 24;
const INDENT = 80;
const COLUMNS = 120;
/** A longer word is data: where such a line breaks takes an engine the square of its length. */
const WORD = 1_500;

const MARK = new Set(["*", "_", "~", "[", "]", "`", "<", "!"]);

function depthOf(line: string): number {
  let depth = 0;
  const prefix = /^[\s>*+-]*/.exec(line)?.[0] ?? "";
  for (const letter of prefix) if (letter !== " " && letter !== "\t") depth++;
  return depth;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** One pass over the text, so that asking costs less than what it may prevent. */
export function tooHard(text: string): boolean {
  if (text.length > PIECE * 2.5) return true;
  let marks = 0;
  for (const line of text.split("\n")) {
    if (!line.trim()) marks = 0;
    if (line.length > DEPTH && depthOf(line) > DEPTH && !/^\s*([-*_])(?:\s*\1)+\s*$/.test(line)) return true;
    if (indentOf(line) > INDENT) return true;
    let columns = 0;
    let word = 0;
    for (const letter of line) {
      word = letter > " " && letter < "\u2e80" ? word + 1 : 0;
      if (word > WORD) return true;
      if (MARK.has(letter)) marks++;
      else if (letter === "|") columns++;
    }
    if (marks > MARKS || columns > COLUMNS) return true;
  }
  return false;
}

/** Where a line too long for one piece may be cut: after a space or a sentence, never inside a letter. */
export function cutAt(line: string, most: number): number {
  for (let at = most; at > most - 400; at--) if (/[\s。！？，；、]/.test(line.charAt(at - 1))) return at;
  const code = line.charCodeAt(most - 1);
  return code >= 0xd800 && code < 0xdc00 ? most - 1 : most;
}
