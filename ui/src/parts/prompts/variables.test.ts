import { expect, test } from "vitest";
import { filled, variablesIn } from "./variables";

test("each blank is asked for once, in the order it comes", () => {
  expect(variablesIn("Translate {{text}} into {{ language }}, then {{text}} again; {{语言}} too")).toEqual(["text", "language", "语言"]);
});

test("a filled blank takes any value as it is, an empty one stays to be seen", () => {
  expect(filled("Say {{word}} to {{who}}", { word: "$& {{who}}", who: "" })).toBe("Say $& {{who}} to {{who}}");
});

test("code with single braces has no blanks", () => {
  expect(variablesIn("fn main() { let x = {y}; }")).toEqual([]);
});
