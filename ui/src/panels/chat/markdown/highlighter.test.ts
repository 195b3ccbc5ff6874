import { expect, test } from "vitest";
import { painterFor, withoutOptionalStart } from "./highlighter";

async function painted(language: string, windows: string[]): Promise<string[]> {
  const paint = await painterFor(language);
  return paint ? [...paint(windows)].flatMap((window, index) => (index ? ["\n", "", ...window] : window)) : [];
}

test("code painted a window after another has the colours of the whole", async () => {
  const windows = ["fn main() {\n    /* a", "    long comment */", '    let name = "x";\n}'];
  const whole = await painted("rust", [windows.join("\n")]);
  expect(await painted("rs", windows)).toEqual(whole);
  expect(whole[whole.indexOf("    long comment */") + 1]).toBe("var(--shiki-token-comment)");
});

test("what is painted is the code, letter for letter", async () => {
  const code = "def f(x):\n\n    return 'é中' # done";
  expect((await painted("py", [code])).filter((_, index) => index % 2 === 0).join("")).toBe(code);
});

test("a language without a grammar stays plain, whatever its name", async () => {
  for (const name of ["klingon", "constructor", "__proto__", ""]) expect(await painterFor(name)).toBeNull();
});

test("a comment after code is a comment, with the pattern WebKit misreads written another way", async () => {
  const line = await painted("ts", ["  answer.append(events); // never re-parsed"]);
  expect(line.at(-2)).toContain("never re-parsed");
  expect(line.at(-1)).toBe("var(--shiki-token-comment)");
  expect(withoutOptionalStart("(^[\\t ]+)?(//)")).toBe("((?<!.)[\\t ]+)?(//)");
  expect(withoutOptionalStart("^\\s*(a)")).toBe("^\\s*(a)");
});
