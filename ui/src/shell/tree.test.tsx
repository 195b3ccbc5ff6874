// The tree of a conversation: branches, forks, deletions undone, comparisons, summaries.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openWindow } from "./window";

const answers = () => screen.getAllByTestId("message-answer");
const settled = () => waitFor(() => expect(answers().every((one) => one.dataset.state !== "streaming")).toBe(true));
const questions = () => screen.queryAllByTestId("message-user").map((one) => one.querySelector(".selectable")?.textContent);

test("one message goes to three models, which answer side by side, each with its receipt; the talk goes on with one", async () => {
  const { click, type, user, world } = openWindow({ scene: "lived-in" });
  for (const name of ["claude", "qwen"]) {
    await click("compare");
    await user.type(await screen.findByTestId("model-search"), `${name}{Enter}`);
  }
  await type("composer", "Why is the sky blue?{Enter}");
  await waitFor(() => expect(screen.getAllByTestId("compare-column")).toHaveLength(3));
  await settled();
  const columns = screen.getAllByTestId("compare-column");
  expect(columns.map((one) => one.getAttribute("aria-label"))).toEqual(["gpt-4.1", "claude-sonnet-4", "qwen-max"]);
  for (const column of columns) expect(within(column).getByTestId("receipt").textContent).toContain("356 out");
  await user.click(within(columns[1] as HTMLElement).getByTestId("pick"));
  await waitFor(() => expect(screen.queryByTestId("compare-column")).toBeNull());
  expect(answers()).toHaveLength(1);
  expect(answers()[0]?.textContent).toMatch(/claude-sonnet-4/);
  expect(answers()[0]?.textContent).toContain("2/3");
  await type("composer", "And at night?{Enter}");
  await settled();
  const conversation = [...world.conversations.values()].find((one) => one.messages.some((message) => message.text === "And at night?"));
  const picked = conversation?.messages.find((one) => one.picked);
  expect(conversation?.messages.find((one) => one.text === "And at night?")?.parent).toBe(picked?.id);
  expect(picked?.model).toBe("nexhina/claude-sonnet-4");
});

test("of a comparison one answer may fail and the others still come", async () => {
  const { click, type, user, world } = openWindow({ scene: "lived-in" });
  world.refusing.add("nexhina/claude-sonnet-4");
  await click("compare");
  await user.type(await screen.findByTestId("model-search"), "claude{Enter}");
  await type("composer", "Hello both{Enter}");
  await waitFor(() => expect(screen.getAllByTestId("compare-column")).toHaveLength(2));
  await settled();
  const [first, second] = screen.getAllByTestId("compare-column") as [HTMLElement, HTMLElement];
  expect(first.textContent).toContain("You said: Hello both");
  expect(second.textContent).toContain("refused the key");
  expect(within(first).getByTestId("pick").isConnected).toBe(true);
  expect(within(second).queryByTestId("pick")).toBeNull();
  expect(world.status.streaming).toBe(0);
});

test("a comparison takes four models and no more", async () => {
  const { click, user } = openWindow({ scene: "lived-in" });
  for (const name of ["claude", "qwen", "4o-mini"]) {
    await click("compare");
    await user.type(await screen.findByTestId("model-search"), `${name}{Enter}`);
  }
  expect(screen.getAllByTestId("compared-model")).toHaveLength(3);
  expect(screen.queryByTestId("compare")).toBeNull();
  await user.click(screen.getByLabelText("Without qwen-max"));
  expect(screen.getByTestId("compare").isConnected).toBe(true);
});

test("going on without choosing goes on with the answer the composer names", async () => {
  const { type, world } = openWindow({ scene: "lived-in" }, "#chat/c9");
  await waitFor(() => expect(screen.getAllByTestId("compare-column")).toHaveLength(3));
  const note = await screen.findByText(/The next message goes on with/);
  const named = /with (.+)'s/.exec(note.textContent ?? "")?.[1];
  await type("composer", "Thanks{Enter}");
  await waitFor(() => expect(screen.queryByTestId("compare-column")).toBeNull());
  expect(world.conversations.get("c9")?.messages.find((one) => one.picked)?.model).toContain(named);
});

test("a branch begins at any answer: what followed stays on its own branch", async () => {
  const { type, user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await waitFor(() => expect(answers()).toHaveLength(2));
  await user.click(within(answers()[0] as HTMLElement).getByTestId("branch"));
  expect((await screen.findByTestId("branch-note")).textContent).toContain("new branch");
  expect(questions()).toHaveLength(1);
  await type("composer", "Another way{Enter}");
  await settled();
  expect(questions()).toEqual([expect.stringContaining("20 s"), "Another way"]);
  expect(screen.queryByTestId("branch-note")).toBeNull();
  await user.click(within(screen.getAllByTestId("message-user")[1] as HTMLElement).getByLabelText("Previous version"));
  await waitFor(() => expect(questions()[1]).toContain("breaks in the middle"));
});

test("a branch that was not wanted is left, and all is as before", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await waitFor(() => expect(answers()).toHaveLength(2));
  await user.click(within(answers()[0] as HTMLElement).getByTestId("branch"));
  await user.click(within(await screen.findByTestId("branch-note")).getByLabelText("Cancel"));
  await waitFor(() => expect(questions()).toHaveLength(2));
});

test("a fork is a conversation of its own, up to the message it was made at", async () => {
  const { user, host } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await waitFor(() => expect(answers()).toHaveLength(2));
  const before = (await host.listConversations(null)).length;
  await user.click(within(answers()[0] as HTMLElement).getByTestId("answer-more"));
  await user.click(await screen.findByText(/fork|new chat from here|Continue in a new/i));
  await waitFor(() => expect(answers()).toHaveLength(1));
  expect(await host.listConversations(null)).toHaveLength(before + 1);
  expect((await host.openConversation("c1")).messages).toHaveLength(4);
});

test("a deleted message takes what followed with it, and Undo brings all of it back", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await waitFor(() => expect(answers()).toHaveLength(2));
  await user.click(within(answers()[0] as HTMLElement).getByTestId("answer-more"));
  await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
  await waitFor(() => expect(screen.queryAllByTestId("message-answer")).toHaveLength(0));
  expect(questions()).toHaveLength(1);
  await user.click(await screen.findByText("Undo"));
  await waitFor(() => expect(answers()).toHaveLength(2));
  expect(questions()).toHaveLength(2);
});

test("a context that is nearly full offers a summary; the original is kept and can be sent again", async () => {
  const { click, find, user, world } = openWindow({ scene: "lived-in" }, "#chat/c8");
  expect((await find("nearly-full")).textContent).toContain("93% of claude-sonnet-4's context");
  await click("compact");
  const divider = await find("compaction");
  await waitFor(() => expect(screen.queryByTestId("nearly-full")).toBeNull());
  await user.click(within(divider).getByText("Show the summary"));
  expect(divider.textContent).toContain("the proxy's buffer");
  expect(world.conversations.get("c8")?.messages).toHaveLength(2);
  await user.click(within(divider).getByText("Send the original again"));
  await waitFor(() => expect(screen.queryByTestId("compaction")).toBeNull());
});

test("a tool asks before it is called; allowed, it runs and shows what it returned", async () => {
  const { type, user } = openWindow();
  await type("composer", "use the tool{Enter}");
  const card = await screen.findByTestId("tool-call");
  await user.click(await within(card).findByRole("button", { name: /once/i }));
  await settled();
  expect(answers().map((one) => one.textContent).join()).toMatch(/done.*133 metres/);
});

test("after a crash the app opens on an empty view and offers the answer that was cut off", async () => {
  const { find, user, host } = openWindow({ scene: "lived-in", crashed: true }, "#chat/c4");
  const offer = await find("left-over");
  expect(screen.queryAllByTestId("message-answer")).toHaveLength(0);
  expect(offer.textContent).toContain("What can go wrong");
  await user.click(within(offer).getByText("Open it"));
  await waitFor(() => expect(answers().length).toBeGreaterThan(1));
  expect(await host.interruptedAnswers()).toEqual([]);
});

test("words chosen in an answer are quoted into the composer, under what stands there", async () => {
  const { type, user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await waitFor(() => expect(answers()).toHaveLength(2));
  const words = await screen.findByText(/The gateway cannot resume a stream/);
  await type("composer", "You wrote:");
  Range.prototype.getBoundingClientRect ??= () => new DOMRect();
  window.getSelection()?.selectAllChildren(words);
  document.dispatchEvent(new MouseEvent("mouseup"));
  await user.click(await screen.findByTestId("quote"));
  const composer = await screen.findByTestId<HTMLTextAreaElement>("composer");
  expect(composer.value).toMatch(/^You wrote:\n\n> The gateway cannot resume a stream[^\n]*\n\n$/);
});
