import { expect, test } from "vitest";
import { highlightFor, withoutOptionalStart } from "./highlighter";

const code = 'fn main() {\n    /* a\n    long comment */\n    let name = "x";\n}';
const flat = (lines: { content: string; color?: string }[][]) => lines.map((line) => line.map(({ content, color }) => [content, color]));

test("code that arrives letter by letter ends with the colours of the whole", async () => {
  const [growing, whole] = await Promise.all([highlightFor("rs"), highlightFor("rust")]);
  let last = flat([]);
  for (let end = 1; end <= code.length; end++) last = flat(growing?.lines(code.slice(0, end)) ?? []);
  expect(last).toEqual(flat(whole?.lines(code) ?? []));
  expect(last[2]?.[0]?.[1]).toBe("var(--shiki-token-comment)");
});

test("a language without a grammar stays plain", async () => {
  expect(await highlightFor("klingon")).toBeNull();
});

test("a comment after code is a comment, with the pattern WebKit misreads written another way", async () => {
  const lines = (await highlightFor("ts"))?.lines("  answer.append(events); // never re-parsed");
  expect(lines?.[0]?.at(-1)).toMatchObject({ content: expect.stringContaining("never re-parsed") as string, color: "var(--shiki-token-comment)" });
  expect(withoutOptionalStart("(^[\\t ]+)?(//)")).toBe("((?<!.)[\\t ]+)?(//)");
  expect(withoutOptionalStart("^\\s*(a)")).toBe("^\\s*(a)");
});
