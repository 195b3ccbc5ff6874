import { expect, test } from "vitest";
import { asCsv, asTsv } from "./cells";
import { addressOf, carriedPicture, safeAddress } from "./links";

test("only web pages and mail are addresses, however they are written", () => {
  expect(safeAddress("https://a.example/x y")).toBe("https://a.example/x%20y");
  expect(safeAddress("mailto:a@b.example")).toBe("mailto:a@b.example");
  for (const href of ["javascript:alert(1)", "java\tscript:alert(1)", "/relative", "#here", "data:text/html,x", "file:///etc/passwd", undefined, `https://a.example/${"x".repeat(5000)}`]) expect(safeAddress(href)).toBeNull();
});

test("before it opens, an address says where it really leads", () => {
  expect(addressOf("https://a.example:8080/b?c#d")).toMatchObject({ before: "https://", host: "a.example:8080", after: "/b?c#d", warning: null });
  expect(addressOf("https://bank.example@evil.example/").warning).toBe("user");
  expect(addressOf(new URL("https://аpple.com/").href)).toMatchObject({ host: "xn--pple-43d.com", warning: "lookalike" });
  expect(addressOf("https://evil.example/", "https://bank.example/login").warning).toBe("text");
  expect(addressOf("https://www.bank.example/login", "bank.example").warning).toBeNull();
  expect(addressOf("https://docs.bank.example/", "see bank.example for more").warning).toBeNull();
});

test("pictures that carry themselves are shown, drawings and pages are not among them", () => {
  expect(carriedPicture("data:image/png;base64,AA==")).toBe("data:image/png;base64,AA==");
  for (const src of ["data:image/svg+xml,<svg/>", "data:text/html,x", "https://a.example/a.png", null]) expect(carriedPicture(src)).toBeNull();
});

test("cells stay cells: quotes and commas are kept, formulas become text, numbers stay numbers", () => {
  const rows = [["a, b", 'say "x"'], ["=HYPERLINK(1)", "-5.2"], ["+cmd|x", "@x"], ["+12 %", "two\nlines"]];
  expect(asCsv(rows)).toBe('"a, b","say ""x"""\r\n\'=HYPERLINK(1),-5.2\r\n\'+cmd|x,\'@x\r\n+12 %,two lines');
  expect(asTsv(rows.slice(1, 2))).toBe("'=HYPERLINK(1)\t-5.2");
});
