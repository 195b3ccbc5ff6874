import { expect, test } from "vitest";
import { models } from "../../host/scripted/catalogue";
import { answersInChat, modelFor, shortName } from "./models";

test("a chat offers chat models and the image models that speak chat, nothing else", () => {
  const names = models.filter(answersInChat).map((model) => model.name);
  expect(names).toContain("gemini-2.5-flash-image");
  expect(names).toContain("sandbox-picture");
  expect(names).not.toContain("gpt-4o-mini-tts");
});

test("what was picked wins, then what was used, then the usual one; a model that is gone is passed over", () => {
  const wishes = { picked: "gone/model", lastUsed: "nexconn/qwen-max", usual: "nexhina/gpt-4.1" };
  expect(modelFor(models, wishes)?.id).toBe("nexconn/qwen-max");
  expect(modelFor(models, { ...wishes, lastUsed: null })?.id).toBe("nexhina/gpt-4.1");
  expect(modelFor([], wishes)).toBeUndefined();
});

test("a short name drops the gateway and keeps slashes of its own", () => {
  expect(shortName("openrouter/deepseek/deepseek-v4")).toBe("deepseek/deepseek-v4");
});
