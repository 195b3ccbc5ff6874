import { expect, test } from "vitest";
import { unmarked } from "./Hits";

test("a hit is read without the signs of Markdown, and keeps those that mean something", () => {
  expect(unmarked("…之间有一层**缓冲**。")).toBe("…之间有一层缓冲。");
  expect(unmarked("### Why `gzip` waits | and a > b")).toMatch(/^ Why gzip waits +and a > b$/);
  expect(unmarked("2 * 3 # C# and a_b->c")).toContain("C# and a_b->c");
});
