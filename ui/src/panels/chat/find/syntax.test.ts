import { expect, test } from "vitest";
import { cut, piecesOf, withCondition, without } from "./syntax";

test("conditions are told from words, and wrong ones from right ones", () => {
  const pieces = piecesOf('流式 "window function" model:gpt has:image has:cat cost:>0.1 cost:much before:2026-01-01 before:2026-13-01 http://x');
  expect(pieces.filter((one) => one.condition).map((one) => [one.text, one.ok])).toEqual([
    ["model:gpt", true], ["has:image", true], ["has:cat", false], ["cost:>0.1", true], ["cost:much", false], ["before:2026-01-01", true], ["before:2026-13-01", false],
  ]);
  expect(pieces.filter((one) => !one.condition).map((one) => one.text)).toEqual(["流式", '"window function"', "http://x"]);
});

test("one condition is taken out and the rest stays as it was", () => {
  expect(without("stream model:gpt model:gpt stall", "model:gpt")).toBe("stream model:gpt stall");
});

test("a condition is begun once", () => {
  expect(withCondition("stall", "model:")).toBe("stall model:");
  expect(withCondition("stall model:", "model:")).toBe("stall model:");
  expect(withCondition("", "has:image")).toBe("has:image");
});

test("a snippet is cut at what was found, even where ranges overlap or run over its end", () => {
  expect(cut("流式解析器", [[2, 4], [0, 2], [3, 99]])).toEqual([{ text: "流式", found: true }, { text: "解析", found: true }, { text: "器", found: true }]);
  expect(cut("a stall", [[2, 7]])).toEqual([{ text: "a ", found: false }, { text: "stall", found: true }]);
});
