import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Message } from "../bindings";
import { message, toolCall } from "../host/scripted/conversations";
import { openWindow } from "./window";

/** A conversation with one answer, as the host would remember it. */
async function withAnswer(answer: Partial<Message>) {
  const opened = openWindow({ scene: "lived-in" }, "#keys");
  const conversation = opened.world.conversations.get("c1");
  if (!conversation) throw new Error("the lived-in scene has changed");
  const asked = message({ id: "q", role: "user", text: "?", createdAt: 1 });
  conversation.messages = [asked, message({ id: "a", role: "assistant", parent: "q", model: "nexhina/gpt-4.1", createdAt: 2, ...answer })];
  conversation.leaf = "a";
  location.hash = "#chat/c1";
  return opened;
}

test("a link opens only after its address was shown", async () => {
  const { host, user, click } = await withAnswer({ text: "See [the bank](https://user@evil.example/x)." });
  const opened: string[] = [];
  host.openUrl = async (url) => void opened.push(url);
  await user.click(await screen.findByRole("link", { name: "the bank" }));
  expect((await screen.findByTestId("link-address")).textContent).toBe("https://user@evil.example/x");
  expect((await screen.findByRole("dialog")).textContent).toContain("before the @");
  expect(opened).toEqual([]);
  await click("link-open");
  expect(opened).toEqual(["https://user@evil.example/x"]);
});

test("sources stand in the text as numbers with a name, and a number without a source stays text", async () => {
  await withAnswer({ text: "It is 133 m [1], not 140 [7].", citations: [{ title: "Jeddah Light", url: "https://a.example/light" }] });
  expect((await screen.findByTestId("cite")).getAttribute("aria-label")).toBe("Source 1: Jeddah Light, a.example");
  expect((await screen.findByTestId("answer-text")).textContent).toContain("[7]");
  expect(within(await screen.findByTestId("sources")).getByText("a.example").isConnected).toBe(true);
});

test("footnotes defined anywhere open where they are named", async () => {
  const { user } = await withAnswer({ text: "Tall[^h].\n\nMore.\n\n[^h]: 133 metres\n    and a lamp." });
  await user.click(await screen.findByRole("button", { name: "Footnote 1" }));
  expect((await screen.findByText(/133 metres/)).textContent).toContain("and a lamp.");
});

test("a tool asks with what it would send; the answer goes to the host", async () => {
  const { host, click } = await withAnswer({
    state: "streaming", text: "Let me look. Here.", toolCalls: [toolCall({ id: "t1", name: "look_up", server: "Places", state: "asked", arguments: '{"place":"Jeddah"}', at: 12 })],
  });
  const told: unknown[] = [];
  host.answerToolCall = async (...how) => void told.push(how);
  const card = await screen.findByTestId("tool-call");
  expect(card.textContent).toContain('"place": "Jeddah"');
  expect(card.textContent).toContain("Places · look_up");
  expect(card.previousElementSibling?.textContent).toBe("Let me look.");
  await click("tool-once");
  await waitFor(() => expect(told).toEqual([["a", "t1", "once"]]));
});

test("a question the app was closed over is answered after the restart, and the answer goes on", async () => {
  const { world, click } = await withAnswer({ state: "interrupted", text: "Let me look.", toolCalls: [
    toolCall({ id: "t1", name: "look_up", tool: "look_up", server: "Places", state: "asked", at: 12 }),
    toolCall({ id: "t2", name: "Places__look_up_2", tool: null, server: "Places", state: "asked", at: 12 }),
  ] });
  const cards = await screen.findAllByTestId("tool-call");
  expect(cards[1]?.textContent).toContain("Places · look_up_2");
  const [first] = await screen.findAllByTestId("tool-refuse");
  first?.click();
  await waitFor(() => expect(screen.getAllByTestId("tool-call")[0]?.dataset.state).toBe("refused"));
  const answer = () => world.conversations.get("c1")?.messages.find((one) => one.id === "a");
  expect(answer()?.state).toBe("interrupted");
  expect(screen.queryByTestId("continue")).toBeNull(); // the question is how it goes on
  await click("tool-once");
  await waitFor(() => expect(answer()?.state).toBe("complete"), { timeout: 15_000 });
  expect(answer()?.text).toMatch(/^Let me look\..+/s);
  expect(screen.getAllByTestId("tool-call").map((one) => one.dataset.state)).toEqual(["refused", "allowed"]);
});

test("a remote picture is only a placeholder until it is asked for, and then comes through the app", async () => {
  const { host, click } = await withAnswer({ text: "![cat](https://evil.example/cat.png)" });
  const asked: string[] = [];
  Object.assign(host, { loadRemotePicture: async (url: string) => (asked.push(url), "data:image/png;base64,AA==") });
  expect((await screen.findByTestId("remote-picture")).textContent).toContain("evil.example");
  expect(document.querySelector("article img")).toBeNull();
  await click("load-once");
  expect((await screen.findByTestId<HTMLImageElement>("picture")).src).toBe("data:image/png;base64,AA==");
  expect(asked).toEqual(["https://evil.example/cat.png"]);
});

test("a page is shown in a frame without any permission, only when asked for", async () => {
  const { user } = await withAnswer({ text: "```html\n<h1>Hi</h1><script>alert(1)</script><img src=https://evil.example/p>\n```" });
  await user.click(await screen.findByRole("button", { name: "Preview" }));
  const frame = await screen.findByTestId<HTMLIFrameElement>("html-frame");
  expect(frame.getAttribute("sandbox")).toBe("");
  expect(frame.srcdoc).toContain("<h1>Hi</h1>");
  expect(frame.srcdoc).not.toMatch(/<script|evil\.example/);
});

test("a long listing is folded until it is asked for; a copy is whole all the same", async () => {
  const { user } = await withAnswer({ text: `\`\`\`text\n${Array.from({ length: 900 }, (_, line) => `line ${line}`).join("\n")}\n\`\`\`` });
  const code = await screen.findByTestId("code");
  expect(code.textContent).toContain("line 39");
  expect(code.textContent).not.toContain("line 40");
  await user.click(within(code).getByRole("button", { name: "Copy the code" }));
  expect((await navigator.clipboard.readText()).split("\n")).toHaveLength(900);
  await user.click(await screen.findByTestId("unfold"));
  expect(code.textContent).toContain("line 899");
});

test("what arrives is told to a screen reader by whole sentences, and that it is over", async () => {
  const { type, find } = openWindow();
  await type("composer", "a long one{Enter}");
  const said = await find("announcer");
  await waitFor(() => expect(said.textContent).toContain("Here is a longer answer, so that you can watch it arrive."), { timeout: 8000 });
  await waitFor(() => expect(said.textContent).toContain("has answered."), { timeout: 15_000 });
  for (const button of screen.getAllByRole("button")) expect(button.getAttribute("aria-label") ?? button.textContent).not.toBe("");
});

test("every way an answer can break off offers to go on", async () => {
  for (const state of ["stopped", "truncated", "interrupted", "failed"] as const) {
    await withAnswer({ state, text: "Half an" });
    expect((await screen.findByTestId("continue")).isConnected).toBe(true);
    document.body.replaceChildren();
  }
});
