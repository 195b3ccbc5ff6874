import { expect, test } from "vitest";
import type { ToolCall } from "../../../bindings";
import { Document } from "./parts";

const paragraph = `${"Some words of a paragraph. ".repeat(20)}\n\n`;
const call = (at: number): ToolCall => ({ id: `c${at}`, name: "look", arguments: "{}", server: "s", tool: null, state: "done", result: null, tookMs: 1, pictures: [], citations: [], at, round: 0 });
const said = (parts: ReturnType<Document["parts"]>) => parts.flatMap((part) => part.blocks).map((block) => (block.kind === "text" ? block.text : block.kind)).join("\n\n");

test("a short answer is one part, a long one several, with nothing lost between them", () => {
  expect(new Document().parts({ text: "Hello.", toolCalls: [], state: "streaming" })).toHaveLength(1);
  const text = paragraph.repeat(60);
  const parts = new Document().parts({ text, toolCalls: [], state: "streaming" });
  expect(parts.length).toBeGreaterThan(3);
  expect(said(parts).split(/\s+/)).toEqual(text.split(/\s+/));
});

test("as an answer grows, its closed parts stay the same objects", () => {
  const document = new Document();
  let before = document.parts({ text: "", toolCalls: [], state: "streaming" });
  const text = paragraph.repeat(40);
  for (let end = 50; end <= text.length; end += 50) {
    const now = document.parts({ text: text.slice(0, end), toolCalls: [], state: "streaming" });
    for (let index = 0; index < before.length - 1; index++) expect(now[index]).toBe(before[index]);
    before = now;
  }
  expect(before.length).toBeGreaterThan(2);
});

test("a tool call stands where it was made, and text after it goes on below", () => {
  const document = new Document();
  expect(document.parts({ text: "Let me look.", toolCalls: [call(12)], state: "streaming" })).toMatchObject([{ tools: [0] }]);
  const parts = document.parts({ text: "Let me look. Found it.", toolCalls: [call(12), call(12), call(22)], state: "streaming" });
  expect(parts.map((part) => part.tools)).toEqual([[0, 1], [2]]);
  expect(said(parts)).toBe("Let me look.\n\n Found it.");
});

test("an answer made anew under the same name is read anew", () => {
  const document = new Document();
  document.parts({ text: "# Old\n\nwords", toolCalls: [], state: "streaming" });
  expect(said(document.parts({ text: "New words", toolCalls: [], state: "streaming" }))).toBe("New words");
});

test("when it is over, a footnote and a definition on its last line are found", () => {
  const document = new Document();
  const text = "See [here][a] and[^1].\n\n[a]: https://a.example\n\n[^1]: The last line";
  document.parts({ text, toolCalls: [], state: "streaming" });
  expect(document.notes().footnotes).toEqual([]);
  expect(document.parts({ text, toolCalls: [], state: "complete" })).toMatchObject([{ blocks: [{ text: "See [here][a] and[^1]." }] }]);
  expect(document.notes()).toMatchObject({ definitions: [{ label: "a" }], footnotes: [{ label: "1", text: "The last line" }] });
});
