import { expect, test } from "vitest";
import { Sentences, spoken } from "./sentences";

function heard(text: string, step: number): string[] {
  const sentences = new Sentences();
  const out: string[] = [];
  for (let end = step; end < text.length + step; end += step) out.push(...sentences.next(text.slice(0, end), end >= text.length, "Code."));
  return out;
}

test("only whole sentences are said, each once, however the text arrives", () => {
  const text = "The tower is tall. Is it 3.5 m? Yes! And so";
  for (const step of [1, 7, 1000]) expect(heard(text, step)).toEqual(["The tower is tall.", "Is it 3.5 m?", "Yes!", "And so"]);
});

test("Chinese sentences end without a space", () => {
  expect(heard("灯塔很高。真的吗？“是的！”它有一百米", 1)).toEqual(["灯塔很高。", "真的吗？", "“是的！”", "它有一百米"]);
});

test("marks are not read, and a listing is named instead of spelled out", () => {
  expect(heard("## Title\n\n- **bold** and `code` with a [link](https://x.example).\n\n```js\nalert(1); // no.\n```\nDone.\n", 5)).toEqual(["Title", "bold and code with a link.", "Code.", "Done."]);
  expect(spoken("| a | b |\n|---|---|")).toBe("a b");
});

test("an answer continued under the same name goes on where it was", () => {
  const sentences = new Sentences();
  expect(sentences.next("One. Two", false, "")).toEqual(["One."]);
  expect(sentences.next("One. Two. ", false, "")).toEqual(["Two."]);
});
