import { expect, test, vi } from "vitest";
import { message as blank } from "../../host/scripted/conversations";
import type { ChatEvent, Message } from "../../bindings";
import { Answers, join, overlaid } from "./answers";

const text = (piece: string): ChatEvent => ({ type: "text", text: piece });
const ended = (state: Message["state"]): ChatEvent => ({ type: "ended", state, reasoningMs: 4200, receipt: null, problem: null });
const message = blank({ id: "m1", role: "assistant", state: "streaming", model: "sandbox/sandbox-chat", createdAt: 1 });
const empty = { text: "", reasoning: "", toolCalls: [], pictures: [], citations: [], ended: null };

/** A page that draws when told to. */
function page() {
  const waiting: (() => void)[] = [];
  return { later: (run: () => void) => void waiting.push(run), paint: () => waiting.splice(0).forEach((run) => run()), frames: () => waiting.length };
}

test("fragments of text, reasoning and two tool calls are joined in order", () => {
  const answer = join(empty, [
    { type: "reasoning", text: "I " }, { type: "reasoning", text: "think" }, text("He"), text("llo"),
    { type: "toolCall", index: 0, id: "call_1", name: "look_up", arguments: '{"a"' },
    { type: "toolCall", index: 1, id: "call_2", name: "add", arguments: "{}" },
    { type: "toolCall", index: 0, id: null, name: null, arguments: ":1}" },
    { type: "picture", id: "p1" },
  ]);
  expect(answer).toMatchObject({ text: "Hello", reasoning: "I think", pictures: ["p1"] });
  expect(answer.toolCalls).toMatchObject([{ id: "call_1", name: "look_up", arguments: '{"a":1}', at: 5 }, { id: "call_2", name: "add", arguments: "{}", at: 5 }]);
});

test("a call's state and result are laid over it, and its place in the text stays", () => {
  const asked: ChatEvent = { type: "tool", index: 0, server: "Places", state: "asked", result: null, tookMs: null, pictures: [] };
  const answer = join(empty, [
    text("Wait. "), { type: "toolCall", index: 0, id: "call_1", name: "look_up", arguments: "{}" }, asked,
    { ...asked, state: "done", result: "133", tookMs: 840, pictures: ["p9"] }, text("It is 133 m [1]."), { type: "citation", title: "Light", url: "https://a.example" },
  ]);
  expect(answer.toolCalls).toEqual([{ tool: null, citations: [], round: 0, id: "call_1", name: "look_up", arguments: "{}", at: 6, server: "Places", state: "done", result: "133", tookMs: 840, pictures: ["p9"] }]);
  expect(answer.citations).toEqual([{ title: "Light", url: "https://a.example" }]);
});

test("a flood of events is one change of the page", () => {
  const { later, paint, frames } = page();
  const answers = new Answers(later);
  const heard = vi.fn();
  answers.subscribe("m1", heard);
  const sink = answers.open({}, () => undefined);
  sink.bind("m1");
  paint();
  heard.mockClear();
  for (let i = 0; i < 500; i++) sink.push([text("x")]);
  expect(frames()).toBe(1);
  paint();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(answers.get("m1")?.text).toHaveLength(500);
});

test("events that come before the answer has a name are not lost", () => {
  const { later, paint } = page();
  const answers = new Answers(later);
  const onEnd = vi.fn();
  const sink = answers.open({}, onEnd);
  sink.push([text("early "), text("bird"), ended("complete")]);
  expect(onEnd).not.toHaveBeenCalled();
  sink.bind("m1");
  paint();
  expect(answers.get("m1")?.text).toBe("early bird");
  expect(onEnd).toHaveBeenCalledExactlyOnceWith("m1", expect.objectContaining({ text: "early bird" }));
});

test("a continued answer goes on from the text it had", () => {
  const { later, paint } = page();
  const answers = new Answers(later);
  const sink = answers.open({ text: "Once upon " }, () => undefined);
  sink.bind("m1");
  sink.push([text("a time")]);
  paint();
  const shown = overlaid({ ...message, text: "Once upon ", state: "interrupted" }, answers.get("m1"));
  expect(shown).toMatchObject({ text: "Once upon a time", state: "streaming" });
});

test("once the cache knows the end, the live answer no longer covers it", () => {
  const live = join(empty, [text("partial"), ended("stopped")]);
  expect(overlaid(message, live)).toMatchObject({ text: "partial", state: "stopped", reasoningMs: 4200 });
  expect(overlaid({ ...message, state: "stopped", text: "from the host" }, live).text).toBe("from the host");
});
