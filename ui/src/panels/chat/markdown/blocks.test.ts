import { expect, test } from "vitest";
import type { Block } from "./blocks";
import { Blocks } from "./blocks";
import { normaliseMaths } from "./maths";

const plain = (block: Block) => (block.kind === "text" ? block.text : block.kind === "picture" ? `picture:${block.name}:${block.url}` : block.kind === "maths" ? `maths:${block.formula}` : `${block.language}:${block.windows.join("\n")}`);
function split(text: string): string[] {
  const blocks = new Blocks();
  blocks.feed(text);
  return [...blocks.closed, ...blocks.open()].map((block) => plain(block).trimEnd());
}

const answer = "First paragraph,\nstill first.\n\n## Heading\n\n- a\n\n- b\n  more of b\n\nAfter.\n\n```ts\nconst a = 1;\n\nconst b = 2;\n```\nTail.";

test("an answer falls into blocks that stand alone", () => {
  expect(split(answer)).toEqual(["First paragraph,\nstill first.", "## Heading", "- a\n\n- b\n  more of b", "After.", "ts:const a = 1;\n\nconst b = 2;", "Tail."]);
});

test("as text arrives, a closed block never changes, and the end is what it is at once", () => {
  for (const text of [answer, "1. one\n   ```sh\n   ls\n   ```\n   more\n2. two\n\n$$\nx\n$$\nend [^1]\n\n[^1]: note\n    more\n\nafter"]) {
    const growing = new Blocks();
    let before: Block[] = [];
    for (let end = 1; end <= text.length; end++) {
      expect(growing.feed(text.slice(0, end))).toBe(true);
      expect(growing.closed.slice(0, before.length)).toEqual(before);
      before = [...growing.closed];
    }
    expect([...growing.closed, ...growing.open()].map((one) => plain(one).trimEnd())).toEqual(split(text));
  }
});

test("a hundred thousand characters in small pieces are each looked at once", () => {
  const text = Array.from({ length: 2000 }, (_, index) => (index % 9 ? `Line ${index} of a long answer, with some words.` : "")).join("\n");
  const blocks = new Blocks();
  for (let end = 40; end < text.length + 40; end += 40) blocks.feed(text.slice(0, end));
  expect(blocks.work).toBe(text.split("\n").length - 1);
});

test("blank lines inside code and formulas do not split them", () => {
  expect(split("$$\na\n\nb\n$$\n\nx")).toEqual(["maths:a\n\nb", "x"]);
  expect(split("\\[\na\n\\]\nx")).toEqual(["maths:a", "x"]);
  expect(split("~~~~\n```\n\n```\n~~~~")).toEqual([":```\n\n```"]);
  expect(split("```\nnever\n\nclosed")).toEqual([":never\n\nclosed"]);
  expect(split("see $$a$$ and more")).toEqual(["see $$a$$ and more"]);
});

test("code inside a list is a block of its own, and the item goes on after it", () => {
  const blocks = new Blocks();
  blocks.feed("1. Run\n   ```sh\n   ls\n     -a\n   ```\n   then look.\n2. Done\n");
  expect([...blocks.closed, ...blocks.open()]).toEqual([
    { kind: "text", text: "1. Run", inset: 0 },
    { kind: "code", language: "sh", windows: ["ls\n  -a"], lines: 2, inset: 3 },
    { kind: "text", text: "then look.", inset: 3 },
    { kind: "text", text: "2. Done", inset: 0 },
  ]);
});

test("link definitions and footnotes are kept aside for the blocks that need them", () => {
  const blocks = new Blocks();
  blocks.feed("See [here][1] and so[^n].\n\n[1]: https://example.com\n\n[^n]: A note\n    on two lines.\n\nAfter.\n");
  expect(blocks.definitions).toEqual([{ label: "1", text: "[1]: https://example.com" }]);
  expect(blocks.footnotes).toEqual([{ label: "n", text: "A note\non two lines.\n" }]);
  expect([...blocks.closed, ...blocks.open()].map(plain)).toEqual(["See [here][1] and so[^n].", "After."]);
});

test("what grows without an end is cut: a list between items, a table under its head again, a line inside", () => {
  const list = split(Array.from({ length: 400 }, (_, index) => `${index + 1}. item of a long list`).join("\n"));
  expect(list.length).toBeGreaterThan(2);
  expect(list[1]).toMatch(/^\d+\. item/);
  const table = split(`| a | b |\n|---|---|\n${"| some cell | another |\n".repeat(400)}`);
  expect(table.length).toBeGreaterThan(2);
  expect(table.every((part) => part.startsWith("| a | b |\n|---|---|\n"))).toBe(true);
  const line = split("word ".repeat(10_000));
  expect(line.join("").replace(/\s/g, "")).toBe("word".repeat(10_000));
  expect(Math.max(...line.map((part) => part.length))).toBeLessThanOrEqual(8000);
});

test("a picture that carries itself is taken out whole, however long, and not shown as letters while it comes", () => {
  const url = `data:image/png;base64,${"A".repeat(100_000)}`;
  const text = `Here: ![a cat](${url}) and more.`;
  expect(split(text)).toEqual(["Here:", `picture:a cat:${url}`, " and more."]);
  const growing = new Blocks();
  growing.feed(text.slice(0, 50_000));
  expect(growing.open()).toEqual([{ kind: "text", text: "Here: ", inset: 0 }]);
  growing.feed(text);
  expect([...growing.closed, ...growing.open()].map((one) => plain(one).trimEnd())).toEqual(split(text));
});

test("a text that is not the continuation is refused", () => {
  const blocks = new Blocks();
  blocks.feed("one two");
  expect(blocks.feed("one three")).toBe(false);
});

test("prices are not formulas, and formulas are found in every notation", () => {
  expect(normaliseMaths("from $5 to $10")).toBe("from \\$5 to \\$10");
  expect(normaliseMaths("costs $5/$10 a day")).toBe("costs \\$5/\\$10 a day");
  expect(normaliseMaths("so $x^2$ and \\(y\\)")).toBe("so $x^2$ and $y$");
  expect(normaliseMaths("\\[ z \\]")).toBe("\n$$\nz\n$$\n");
  expect(normaliseMaths("$$ a = b $$")).toBe("$$\na = b\n$$");
  expect(normaliseMaths("`echo $HOME` and ```\n$PATH\n```")).toBe("`echo $HOME` and ```\n$PATH\n```");
});
