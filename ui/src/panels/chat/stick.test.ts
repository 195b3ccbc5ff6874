import { expect, test } from "vitest";
import { atEnd, stillStuck } from "./stick";

const bottom = { top: 500, height: 500, content: 1000 };

test("growing text does not let go of the end", () => {
  expect(stillStuck(true, bottom, { ...bottom, content: 1400 })).toBe(true);
});

test("the first scroll upwards lets go, even a small one", () => {
  expect(stillStuck(true, bottom, { ...bottom, top: 460 })).toBe(false);
  expect(stillStuck(true, bottom, { top: 470, height: 500, content: 1200 })).toBe(false);
});

test("a reader who let go stays let go while text arrives", () => {
  expect(stillStuck(false, { ...bottom, top: 300 }, { top: 300, height: 500, content: 2000 })).toBe(false);
});

test("coming back to the end takes hold again", () => {
  expect(stillStuck(false, { ...bottom, top: 300 }, { ...bottom, top: 490 })).toBe(true);
});

test("content that shrinks is not the reader's doing", () => {
  expect(stillStuck(true, bottom, { top: 300, height: 500, content: 800 })).toBe(true);
});

test("the end is near enough within a line", () => {
  expect(atEnd({ top: 480, height: 500, content: 1000 })).toBe(true);
  expect(atEnd({ top: 400, height: 500, content: 1000 })).toBe(false);
});
