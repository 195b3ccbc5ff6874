// The list of conversations: folders, pins, the archive, choosing several, and ten thousand of them.
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { openWindow } from "./window";

const items = () => screen.queryAllByTestId("conversation-item").map((one) => one.dataset.id);
const item = async (id: string) => {
  await waitFor(() => expect(items()).toContain(id));
  return screen.getAllByTestId("conversation-item").find((one) => one.dataset.id === id) as HTMLElement;
};
async function menu(id: string, name: string | RegExp) {
  fireEvent.contextMenu(await item(id));
  return screen.findByRole("menuitem", { name });
}

test("of ten thousand conversations only a screenful is drawn, and the newest of them are", async () => {
  openWindow({ crowd: 10_000 });
  await item("x0");
  expect(items().length).toBeLessThan(60);
});

test("two are chosen with Ctrl, deleted together, and both come back with Undo", async () => {
  const { user, click } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await user.keyboard("{Control>}");
  await user.click(await item("c1"));
  await user.click(await item("c2"));
  await user.keyboard("{/Control}");
  expect((await screen.findByTestId("selection")).textContent).toContain("2 chosen");
  await click("delete-chosen");
  await waitFor(() => expect(items()).not.toContain("c2"));
  expect(items()).not.toContain("c1");
  expect(location.hash).toBe("#chat");
  await user.click(await screen.findByText("Undo"));
  await waitFor(() => expect(items()).toEqual(expect.arrayContaining(["c1", "c2"])));
  expect(location.hash).toBe("#chat/c1");
});

test("Shift chooses everything between, and a plain click chooses nothing", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await user.click(await item("c1"));
  await user.keyboard("{Shift>}");
  await user.click(await item("c4"));
  await user.keyboard("{/Shift}");
  expect((await screen.findByTestId("selection")).textContent).toContain("3 chosen");
  await user.click(await item("c2"));
  await waitFor(() => expect(screen.queryByTestId("selection")).toBeNull());
});

test("a conversation dropped on a folder stands in it; with the folder gone it is found again by its date", async () => {
  const { user, world } = openWindow({ scene: "lived-in" }, "#chat");
  const data = new Map<string, string>();
  const dataTransfer = { types: ["application/x-nexdesk-chats"], setData: (type: string, value: string) => data.set(type, value), getData: (type: string) => data.get(type) ?? "" };
  fireEvent.dragStart(await item("c2"), { dataTransfer });
  const folder = (await screen.findAllByTestId("folder")).find((one) => one.textContent?.includes("家里")) as HTMLElement;
  fireEvent.drop(folder, { dataTransfer });
  await waitFor(() => expect(world.conversations.get("c2")?.summary.folder).toBe("f2"));
  await waitFor(() => expect(screen.getAllByTestId("folder")[1]?.textContent).toContain("1"));
  fireEvent.contextMenu(screen.getAllByTestId("folder")[1] as HTMLElement);
  await user.click(await screen.findByRole("menuitem", { name: "Remove the folder" }));
  await user.click(await screen.findByTestId("confirm"));
  await waitFor(() => expect(screen.getAllByTestId("folder")).toHaveLength(1));
  await item("c2");
  expect(world.conversations.get("c2")?.summary.folder).toBeNull();
});

test("a closed folder hides what is in it, also after the panel was left", async () => {
  const { user, click } = openWindow({ scene: "lived-in" });
  await item("c3");
  await user.click(screen.getAllByTestId("folder")[0] as HTMLElement);
  await waitFor(() => expect(items()).not.toContain("c3"));
  await click("rail-usage");
  await click("rail-chat");
  await screen.findAllByTestId("folder");
  expect(items()).not.toContain("c3");
});

test("a title is changed where it stands; Escape leaves it as it was", async () => {
  const { user, world } = openWindow({ scene: "lived-in" });
  await user.click(await menu("c2", /Rename/));
  const field = await screen.findByTestId("inline-name");
  await user.clear(field);
  await user.type(field, "周报终稿{Enter}");
  await waitFor(() => expect(world.conversations.get("c2")?.summary.title).toBe("周报终稿"));
  (await item("c2")).focus();
  await user.keyboard("{F2}");
  await user.type(await screen.findByTestId("inline-name"), "nonsense{Escape}");
  expect((await item("c2")).textContent).toContain("周报终稿");
});

test("the Enter that ends a composition does not end the renaming", async () => {
  const { user, world } = openWindow({ scene: "lived-in" });
  await user.click(await menu("c2", /Rename/));
  const field = await screen.findByTestId("inline-name");
  fireEvent.keyDown(field, { key: "Enter", keyCode: 229, isComposing: true });
  expect(screen.getByTestId("inline-name").isConnected).toBe(true);
  expect(world.conversations.get("c2")?.summary.title).toBe("周报润色");
});

test("what is archived leaves the list, is found in the archive, and comes back", async () => {
  const { user, click } = openWindow({ scene: "lived-in" });
  await user.click(await menu("c2", "Archive"));
  await waitFor(() => expect(items()).not.toContain("c2"));
  await click("archive");
  await user.click(await menu("c2", "Take out of the archive"));
  await user.click(screen.getByText("Archived chats"));
  await item("c2");
});

test("an answer that ends elsewhere is marked until it is looked at", async () => {
  const { user, type } = openWindow({ scene: "lived-in" }, "#chat/c2");
  await type("composer", "a long one{Enter}");
  await screen.findByTestId("stop");
  await user.click(await item("c1"));
  await waitFor(async () => expect((await item("c2")).textContent).toContain("new answer"));
  await user.click(await item("c2"));
  await waitFor(async () => expect((await item("c2")).textContent).not.toContain("new answer"));
});

test("the arrows walk the list, and Delete puts away what they stand on", async () => {
  const { user, world } = openWindow({ scene: "lived-in" }, "#chat");
  (await item("c1")).focus();
  await user.keyboard("{ArrowDown}");
  await waitFor(() => expect((document.activeElement as HTMLElement).dataset.id).toBe("c2"));
  await user.keyboard("{Delete}");
  await waitFor(() => expect(world.conversations.has("c2")).toBe(false));
});

test("Ctrl+B puts the list away and brings it back; Ctrl+N begins a new chat from any panel", async () => {
  const { user, find } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await find("conversation-list");
  await user.keyboard("{Control>}b{/Control}");
  await waitFor(() => expect(screen.queryByTestId("conversation-list")).toBeNull());
  await user.keyboard("{Control>}b{/Control}");
  await find("conversation-list");
  await user.click(await find("rail-usage"));
  await user.keyboard("{Control>}n{/Control}");
  await waitFor(() => expect(location.hash).toBe("#chat"));
});

test("Ctrl+Tab goes to the next conversation and round again", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await item("c1");
  await user.keyboard("{Control>}{Tab}{/Control}");
  await waitFor(() => expect(location.hash).toBe("#chat/c2"));
  await user.keyboard("{Control>}{Shift>}{Tab}{/Shift}{/Control}");
  await waitFor(() => expect(location.hash).toBe("#chat/c1"));
});

test("the menu of a chat exports it and says where it went", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await item("c1");
  await user.click(await screen.findByLabelText("More"));
  await user.hover(await screen.findByRole("menuitem", { name: "Export" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "Markdown" }));
  expect((await screen.findByText(/Saved to/)).textContent).toContain("Why does my stream stall.md");
});

test("the bar tells what the conversation took, in money and tokens", async () => {
  openWindow({ scene: "lived-in" }, "#chat/c1");
  const total = await screen.findByTestId("conversation-total");
  await waitFor(() => expect(within(total).getByTitle(/2,986 tokens in \(2,304 cached\), 417 out/).textContent).toContain("$0.061"));
});

test("a chat is printed from a frame without scripts, in the language of the window", async () => {
  const print = vi.fn();
  vi.spyOn(HTMLIFrameElement.prototype, "contentWindow", "get").mockReturnValue({ print } as unknown as Window & typeof globalThis);
  const { user, host } = openWindow({ scene: "lived-in" }, "#chat/c1");
  const asked = vi.spyOn(host, "printedConversation");
  await item("c1");
  await user.click(await screen.findByLabelText("More"));
  await user.hover(await screen.findByRole("menuitem", { name: "Export" }));
  fireEvent.click(await screen.findByTestId("print"));
  await waitFor(() => expect(print).toHaveBeenCalledOnce());
  const frame = screen.getByTestId<HTMLIFrameElement>("print-frame");
  expect(frame.getAttribute("sandbox")).toBe("allow-same-origin allow-modals");
  expect(frame.srcdoc).toContain("My client shows nothing for 20 s");
  expect(asked).toHaveBeenCalledWith("c1", { chinese: false, offsetMinutes: -new Date().getTimezoneOffset() });
});

test("an export that was called off at the dialog says nothing", async () => {
  const { user, host } = openWindow({ scene: "lived-in" }, "#chat/c1");
  const asked = vi.spyOn(host, "exportConversation").mockResolvedValue(null);
  await item("c1");
  await user.click(await screen.findByLabelText("More"));
  await user.hover(await screen.findByRole("menuitem", { name: "Export" }));
  fireEvent.click(await screen.findByRole("menuitem", { name: "JSON" }));
  await waitFor(() => expect(asked).toHaveBeenCalledOnce());
  expect(screen.queryByText(/Saved to (null|.*json)/)).toBeNull(); // what another test said may still stand there
});

test("a new folder is named where it stands, and a second one does not fail over the first one's name", async () => {
  const { user, click, find, world } = openWindow({ scene: "lived-in" });
  await click("new-folder");
  const name = await find("inline-name");
  await waitFor(() => expect(document.activeElement).toBe(name));
  await user.keyboard("{Escape}");
  await click("new-folder");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("inline-name")));
  await user.keyboard("Travel{Enter}");
  await waitFor(() => expect(world.folders.map((one) => one.name)).toEqual(expect.arrayContaining(["New folder", "Travel"])));
});
