import { expect, test } from "vitest";
import { splitBlocks } from "./blocks";
import { normaliseMaths } from "./maths";

const answer = "First paragraph,\nstill first.\n\n## Heading\n\n- a\n\n- b\n  more of b\n\nAfter.\n\n```ts\nconst a = 1;\n\nconst b = 2;\n```\nTail.";

test("an answer falls into blocks that stand alone", () => {
  expect(splitBlocks(answer)).toEqual([
    "First paragraph,\nstill first.", "## Heading", "- a\n\n- b\n  more of b", "After.", "```ts\nconst a = 1;\n\nconst b = 2;\n```\nTail.",
  ]);
});

test("as text arrives, every block but the last stays what it was", () => {
  let before: string[] = [];
  for (let end = 1; end <= answer.length; end++) {
    const now = splitBlocks(answer.slice(0, end));
    const frozen = before.slice(0, -1);
    expect(now.slice(0, frozen.length)).toEqual(frozen);
    before = now;
  }
});

test("blank lines inside code and formulas do not split them", () => {
  expect(splitBlocks("$$\na\n\nb\n$$\n\nx")).toEqual(["$$\na\n\nb\n$$", "x"]);
  expect(splitBlocks("~~~~\n```\n\n```\n~~~~")).toHaveLength(1);
  expect(splitBlocks("```\nnever\n\nclosed")).toHaveLength(1);
});

test("a text with link definitions stays whole, so that its links find them", () => {
  expect(splitBlocks("See [here][1].\n\n[1]: https://example.com")).toHaveLength(1);
});

test("prices are not formulas, and formulas are found in every notation", () => {
  expect(normaliseMaths("from $5 to $10")).toBe("from \\$5 to \\$10");
  expect(normaliseMaths("costs $5/$10 a day")).toBe("costs \\$5/\\$10 a day");
  expect(normaliseMaths("so $x^2$ and \\(y\\)")).toBe("so $x^2$ and $y$");
  expect(normaliseMaths("\\[ z \\]")).toBe("\n$$\nz\n$$\n");
  expect(normaliseMaths("$$ a = b $$")).toBe("$$\na = b\n$$");
  expect(normaliseMaths("`echo $HOME` and ```\n$PATH\n```")).toBe("`echo $HOME` and ```\n$PATH\n```");
});
