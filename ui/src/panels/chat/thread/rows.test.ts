import { expect, test } from "vitest";
import { message, toolCall } from "../../../host/scripted/conversations";
import { Documents } from "./parts";
import { rowsOf } from "./rows";

const paragraph = `${"Some words of a paragraph. ".repeat(20)}\n\n`;
const answer = (more: Parameters<typeof message>[0] | object) => message({ id: "a", role: "assistant", ...more });

test("a short answer is one row, however many tools it called", () => {
  const text = "I look. Found.";
  const toolCalls = [toolCall({ id: "1", at: 7 }), toolCall({ id: "2", at: 7 })];
  expect(rowsOf([answer({ text, toolCalls })], new Documents(), new Map())).toMatchObject([{ key: "a", range: null, last: true }]);
});

test("a long answer is several rows that together show each part once, and the last is known", () => {
  const documents = new Documents();
  const long = answer({ text: paragraph.repeat(60), toolCalls: [toolCall({ id: "1", at: 4000 })] });
  const rows = rowsOf([long], documents, new Map());
  const parts = documents.of("a").parts(long);
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.flatMap((row) => Array.from({ length: (row.range?.to ?? 0) - (row.range?.from ?? 0) }, (_, at) => (row.range?.from ?? 0) + at))).toEqual(parts.map((_, at) => at));
  expect(rows.map((row) => row.last)).toEqual([...rows.slice(1).map(() => false), true]);
  expect(rows[0]?.key).toBe("a");
});

test("a row that is guessed at is not far from what it will be", () => {
  const [short, long] = [answer({ text: "Hi." }), answer({ text: paragraph.repeat(8) })].map((one) => rowsOf([one], new Documents(), new Map())[0]?.height ?? 0);
  expect(short).toBeLessThan(150);
  expect(long).toBeGreaterThan(8 * 5 * 24);
});
