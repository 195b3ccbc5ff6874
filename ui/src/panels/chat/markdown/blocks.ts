// An answer in pieces that stand alone, so that while it streams only the last piece is parsed again.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const CONTINUES = /^(?: {2,}|\t)\S/;
const DEFINITION = /^ {0,3}\[[^\]]+\]:\s/m;

type Open = { fence: string } | { maths: string } | null;

function opened(line: string): Open {
  const fence = FENCE.exec(line)?.[1];
  if (fence) return { fence };
  const text = line.trim();
  if (text.startsWith("$$") && !(text.length > 2 && text.endsWith("$$"))) return { maths: "$$" };
  if (text.startsWith("\\[") && !text.endsWith("\\]")) return { maths: "\\]" };
  return null;
}

function closes(open: NonNullable<Open>, line: string): boolean {
  const text = line.trim();
  if ("maths" in open) return text.endsWith(open.maths);
  const mark = open.fence.charAt(0);
  return text.length >= open.fence.length && [...text].every((letter) => letter === mark);
}

/** Links defined elsewhere in the text and footnotes need the whole: such a text is one block. */
export function splitBlocks(text: string): string[] {
  if (DEFINITION.test(text)) return [text];
  const blocks: string[] = [];
  let block: string[] = [];
  let open: Open = null;
  let list = false;
  let blank = false;
  const end = () => {
    if (block.some((line) => line.trim())) blocks.push(block.join("\n").replace(/\n+$/, ""));
    block = [];
    list = false;
  };
  for (const line of text.split("\n")) {
    if (open) {
      block.push(line);
      if (closes(open, line)) open = null;
      continue;
    }
    if (!line.trim()) {
      blank = true;
      block.push(line);
      continue;
    }
    const partOfList = list && (LIST.test(line) || CONTINUES.test(line));
    if (blank && !partOfList) end();
    blank = false;
    open = opened(line);
    if (open && !list) end();
    list ||= LIST.test(line);
    block.push(line);
  }
  end();
  return blocks;
}
