import { createEvent, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openWindow } from "./window";

const answers = () => screen.findAllByTestId("message-answer");
async function lastAnswer() {
  return (await answers()).at(-1) as HTMLElement;
}
const ends = (state: string) => waitFor(async () => expect((await lastAnswer()).dataset.state).toBe(state));

test("a message is sent with Enter, its answer streams in and ends with a receipt", async () => {
  const { type, host } = openWindow();
  await type("composer", "Hello there{Enter}");
  expect((await screen.findByTestId("message-user")).textContent).toContain("Hello there");
  await ends("complete");
  expect((await lastAnswer()).textContent).toContain("You said: Hello there");
  expect((await screen.findByTestId("receipt")).textContent).toContain("sandbox-chat");
  expect((await screen.findByTestId<HTMLTextAreaElement>("composer")).value).toBe("");
  expect(await host.listConversations(null)).toHaveLength(1);
});

test("Shift+Enter breaks the line and sends nothing", async () => {
  const { type, find } = openWindow();
  await type("composer", "one{Shift>}{Enter}{/Shift}two");
  expect(((await find("composer")) as HTMLTextAreaElement).value).toBe("one\ntwo");
  expect(screen.queryByTestId("message-user")).toBeNull();
});

test("the Enter that chooses a Chinese word does not send it", async () => {
  const { find } = openWindow();
  const composer = await find("composer");
  fireEvent.compositionStart(composer);
  fireEvent.change(composer, { target: { value: "你好" } });
  fireEvent.keyDown(composer, { key: "Enter", keyCode: 13, isComposing: true });
  fireEvent.compositionEnd(composer);
  fireEvent.keyDown(composer, { key: "Enter", keyCode: 229 });
  fireEvent.keyUp(composer, { key: "Enter" });
  expect(screen.queryByTestId("message-user")).toBeNull();
  const enter = createEvent.keyDown(composer, { key: "Enter", keyCode: 13 });
  fireEvent(composer, enter);
  expect((await screen.findByTestId("message-user")).textContent).toContain("你好");
});

test("a long answer can be stopped; what arrived stays and says so", async () => {
  const { type, click } = openWindow();
  await type("composer", "a long one{Enter}");
  await waitFor(async () => expect((await lastAnswer()).textContent).toContain("longer answer"));
  await click("stop");
  await ends("stopped");
  expect((await lastAnswer()).textContent).toContain("Stopped by you");
  expect(await screen.findByTestId("send")).toBeDefined();
});

test("an answer keeps arriving while another panel is on screen", async () => {
  const { type, click } = openWindow();
  await type("composer", "a long one{Enter}");
  await screen.findByTestId("stop");
  await click("rail-usage");
  expect(await screen.findByTestId("usage-row")).toBeDefined();
  await waitFor(async () => expect((await screen.findByTestId("usage-row")).dataset.outcome).toBe("ok"));
  await click("rail-chat");
  await ends("complete");
  expect((await lastAnswer()).textContent).toContain("Paragraph 12");
});

test("a refused answer shows the sentence and the remedy, and a retry makes a sibling", async () => {
  const { type, click } = openWindow();
  await type("composer", "refuse me{Enter}");
  await ends("failed");
  expect((await lastAnswer()).textContent).toContain("refused the key");
  expect((await lastAnswer()).textContent).toContain("Check the key in Keys");
  await click("retry");
  await waitFor(async () => expect((await lastAnswer()).textContent).toContain("2/2"));
});

test("an answer that fails before its command returns does not stay \"answering\" in the list", async () => {
  const { type, host, find } = openWindow();
  const send = host.sendMessage;
  host.sendMessage = async (ask, onEvents) => {
    const ended = new Promise<void>((done) => host.onEvent((event) => event.type === "conversationChanged" && !event.conversation.streaming && done()));
    const sent = await send(ask, onEvents);
    await ended;
    return sent;
  };
  await type("composer", "refuse me{Enter}");
  await ends("failed");
  await waitFor(async () => expect((await find("conversation-item")).textContent).not.toContain("answering"));
});

test("a remembered conversation that is gone leaves a new chat, not a dead end", async () => {
  const { find, type } = openWindow({}, "#chat/long-gone");
  await waitFor(() => expect(location.hash).toBe("#chat"));
  expect((await find("composer")).isConnected).toBe(true);
  await type("composer", "Hello{Enter}");
  await ends("complete");
});

test("a broken answer is continued where it broke", async () => {
  const { type, click } = openWindow();
  await type("composer", "break off{Enter}");
  await ends("interrupted");
  const before = (await within(await lastAnswer()).findByTestId("answer-text")).textContent ?? "";
  await click("continue");
  await ends("complete");
  const after = (await within(await lastAnswer()).findByTestId("answer-text")).textContent ?? "";
  expect(before.length).toBeGreaterThan(100);
  expect(after.length).toBeGreaterThan(before.length);
  expect(after).toContain("You said: and so it went on");
});

test("an edited message becomes a sibling, and the first version can be stepped back to", async () => {
  const { type, click, user } = openWindow();
  await type("composer", "first words{Enter}");
  await ends("complete");
  await click("edit");
  await user.clear(await screen.findByTestId("edit-text"));
  await type("edit-text", "second words");
  await click("resend");
  await waitFor(async () => expect((await screen.findByTestId("message-user")).textContent).toContain("second words"));
  await ends("complete");
  const bubble = await screen.findByTestId("message-user");
  expect(bubble.textContent).toContain("2/2");
  await user.click(within(bubble).getByLabelText("Previous version"));
  await waitFor(async () => expect((await screen.findByTestId("message-user")).textContent).toContain("first words"));
});

test("a draft stays with its conversation", async () => {
  const { all, type, user, find } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await type("composer", "half a thought");
  const item = async (id: string) => (await all("conversation-item")).find((one) => one.dataset.id === id) as HTMLElement;
  await user.click(await item("c2"));
  await waitFor(async () => expect(((await find("composer")) as HTMLTextAreaElement).value).toBe(""));
  await user.click(await item("c1"));
  await waitFor(async () => expect(((await find("composer")) as HTMLTextAreaElement).value).toBe("half a thought"));
});

test("raw HTML in an answer stays text, and a remote picture is only a link", async () => {
  const { type } = openWindow();
  await type("composer", "<img src=x onerror=alert(1)> ![cat](https://evil.example/cat.png){Enter}");
  await ends("complete");
  await within(await lastAnswer()).findByTestId("answer-text");
  expect((await lastAnswer()).querySelector("img")).toBeNull();
  expect((await lastAnswer()).textContent).toContain("<img src=x");
  expect((await lastAnswer()).querySelector("a")?.textContent).toContain("evil.example");
});

test("of a thousand messages only the newest are drawn", async () => {
  openWindow({ scene: "lived-in" }, "#chat/c7");
  await waitFor(async () => expect((await lastAnswer()).textContent).toContain("Answer 500"));
  expect((await answers()).length).toBeLessThan(40);
});

test("the Escape that closes an input method's list does not throw an edit away; Ctrl+Enter sends it", async () => {
  const { click, user, find, type } = openWindow();
  await type("composer", "Hello{Enter}");
  await waitFor(() => expect(screen.getByTestId("message-answer").dataset.state).toBe("complete"), { timeout: 15_000 });
  await click("edit");
  const field = await find("edit-text");
  await user.type(field, " again");
  fireEvent.keyDown(field, { key: "Escape", keyCode: 229, isComposing: true });
  expect(screen.getByTestId<HTMLTextAreaElement>("edit-text").value).toBe("Hello again");
  await user.type(field, "{Control>}{Enter}{/Control}");
  await waitFor(() => expect(screen.getByTestId("message-user").textContent).toContain("Hello again"));
});

test("a conversation that is still being read is already called by its name, not a new chat", async () => {
  const { host } = openWindow({ scene: "lived-in" }, "#keys");
  host.openConversation = () => new Promise(() => undefined);
  location.hash = "#chat/c1";
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Why does my stream stall?"));
  expect(screen.getByTestId("model-picker").textContent).toContain("gpt-4.1");
});
