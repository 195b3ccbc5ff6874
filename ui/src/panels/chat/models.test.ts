import { expect, test } from "vitest";
import { models } from "../../host/scripted/catalogue";
import { modelFor, offered, shortName } from "./models";

test("a chat offers chat models and the image models that speak chat, nothing else", () => {
  const names = offered(models).map((model) => model.name);
  expect(names).toContain("gemini-2.5-flash-image");
  expect(names).toContain("sandbox-picture");
  expect(names).not.toContain("gpt-4o-mini-tts");
});

test("whoever has added a gateway is not answered by the sandbox unasked", () => {
  const list = offered([...models].sort((a, b) => Number(b.id.startsWith("sandbox/")) - Number(a.id.startsWith("sandbox/"))));
  expect(modelFor(list, { picked: undefined, lastUsed: null, usual: null })?.gateway).not.toBe("sandbox");
  expect(list.at(-1)?.gateway).toBe("sandbox");
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
