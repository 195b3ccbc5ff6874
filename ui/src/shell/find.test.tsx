// Finding: over everything, in one conversation, and from the palette.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { openWindow } from "./window";

const hits = () => screen.queryAllByTestId("hit");

test("a word of two Chinese characters is found, marked, and its message gone to", async () => {
  const { type, user, find } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await type("search", "测试");
  await waitFor(() => expect(hits()).toHaveLength(1));
  expect(hits()[0]?.querySelector("mark")?.textContent).toBe("测试");
  await user.click(hits()[0] as HTMLElement);
  await waitFor(() => expect(location.hash).toBe("#chat/c2"));
  expect((await find("thread")).querySelector('[data-row="c2-1"]')).not.toBeNull();
});

test("hits stand under their conversations, and conditions narrow them", async () => {
  const { type, user } = openWindow({ scene: "lived-in" });
  await type("search", "the");
  await waitFor(() => expect(hits().length).toBeGreaterThan(3));
  const all = hits().length;
  await type("search", " model:qwen");
  await waitFor(() => expect(hits().length).toBeLessThan(all));
  for (const hit of hits()) expect(hit.textContent).toContain("qwen-max");
  await user.click(screen.getByLabelText("Remove model:qwen"));
  await waitFor(() => expect(hits()).toHaveLength(all));
});

test("pictures, cost and dates are conditions of their own", async () => {
  const { type, user } = openWindow({ scene: "lived-in" });
  const search = (await screen.findByTestId("search")) as HTMLInputElement;
  await user.click(search);
  await user.keyboard("has:image");
  await waitFor(() => expect(hits().map((one) => one.textContent)).toEqual([expect.stringContaining("Here it is")]));
  await user.clear(search);
  await type("search", "cost:>0.1");
  await waitFor(() => expect(hits()[0]?.textContent).toContain("claude-sonnet-4"));
  await user.clear(search);
  await type("search", "before:2001-01-01");
  await screen.findByText("Nothing found.");
});

test("a condition that is not understood says so instead of finding nothing in silence", async () => {
  const { type } = openWindow({ scene: "lived-in" });
  await type("search", "cost:much");
  expect((await screen.findByTitle(/not understood/)).textContent).toContain("cost:much");
});

test("a hit on another branch brings that branch up", async () => {
  const { world, type, user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await type("search", "receiving");
  await user.clear(await screen.findByTestId("search"));
  const failed = world.conversations.get("c4")?.messages.find((one) => one.state === "failed");
  if (failed) failed.text = "a needle on the other branch";
  await type("search", "needle");
  await waitFor(() => expect(hits()).toHaveLength(1));
  await user.click(hits()[0] as HTMLElement);
  await waitFor(() => expect(world.conversations.get("c4")?.leaf).toBe(failed?.id));
  expect((await screen.findByTestId("thread")).textContent).toContain("needle on the other branch");
});

test("Ctrl+F finds in the conversation and steps from message to message", async () => {
  const { user, find } = openWindow({ scene: "lived-in" }, "#chat/c7");
  await screen.findAllByTestId("message-answer");
  await user.keyboard("{Control>}f{/Control}");
  const bar = await find("find-bar");
  await user.type(within(bar).getByRole("textbox"), "Question 12");
  await waitFor(() => expect(bar.textContent).toContain("1 of 11")); // 12, and 120 to 129
  await user.keyboard("{Enter}{Enter}");
  await waitFor(() => expect(bar.textContent).toContain("2 of 11"));
  await user.keyboard("{Shift>}{Enter}{/Shift}{Shift>}{Enter}{/Shift}");
  await waitFor(() => expect(bar.textContent).toContain("11 of 11"));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("find-bar")).toBeNull());
});

test("the palette finds words inside messages and goes there", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#usage");
  await screen.findAllByTestId("usage-row");
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByTestId("palette");
  await user.keyboard("temples and rain");
  await waitFor(() => expect(within(screen.getByTestId("palette")).getByRole("option").textContent).toContain("Trip budget table"));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(location.hash).toBe("#chat/c6"));
});

test("the palette does what a shortcut does, and only what can be done here", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await screen.findAllByTestId("message-answer");
  const written = vi.spyOn(navigator.clipboard, "writeText");
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByTestId("palette");
  await user.keyboard("copy the last answer{Enter}");
  await waitFor(() => expect(written).toHaveBeenCalledWith(expect.stringContaining("The gateway cannot resume")));
});

test("Ctrl+/ shows every shortcut, and a question mark does where nothing is typed", async () => {
  const { user, find } = openWindow();
  await find("composer");
  await user.keyboard("{Control>}/{/Control}");
  expect((await find("shortcuts")).textContent).toContain("Copy the last code block");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("shortcuts")).toBeNull());
  await user.type(await find("composer"), "?");
  expect(screen.queryByTestId("shortcuts")).toBeNull();
});
