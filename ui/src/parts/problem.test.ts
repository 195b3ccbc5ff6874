import { afterEach, expect, test } from "vitest";
import type { Problem } from "../bindings";
import i18n from "../i18n";
import { inWords } from "./problem";

const refused: Problem = { code: "key_refused", fault: "you", message: "Incorrect API key provided.", remedy: "Check the key.", detail: null };
afterEach(() => i18n.changeLanguage("en"));

test("a problem is told in Chinese first, and the engine's English words stay under it", async () => {
  expect(inWords(refused)).toEqual(refused);
  await i18n.changeLanguage("zh");
  expect(inWords(refused)).toMatchObject({ message: "密钥被拒绝。", remedy: "Incorrect API key provided. Check the key." });
});

test("a sentence that alone says what is wrong is not hidden behind its kind", async () => {
  await i18n.changeLanguage("zh");
  expect(inWords({ ...refused, code: "invalid_input" }).message).toBe("Incorrect API key provided.");
});
