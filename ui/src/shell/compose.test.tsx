// Writing a message: input methods, the queue, attachments, prompts, and what sending would take.
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { withoutName } from "../panels/chat/compose/FileChips";
import { openWindow } from "./window";

const field = () => screen.findByTestId<HTMLTextAreaElement>("composer");
const sent = () => screen.queryAllByTestId("message-user").map((one) => one.querySelector(".selectable")?.textContent);
const ends = () => waitFor(() => expect(screen.getAllByTestId("message-answer").at(-1)?.dataset.state).toBe("complete"));

type Step = ["start" | "end"] | ["text", string] | ["down" | "up", Partial<KeyboardEventInit> & { keyCode?: number }];
const enter = { key: "Enter", keyCode: 13 };
/** What engines and input methods really deliver, as it was recorded by others; each ends with a word in the field, unsent. */
const methods: Record<string, Step[]> = {
  "Chromium with Pinyin: Enter takes the letters as they are": [["start"], ["down", { key: "Process", keyCode: 229 }], ["text", "nihao"], ["down", { ...enter, keyCode: 229, isComposing: true }], ["end"], ["up", enter]],
  "Chromium with Pinyin: a digit chooses the word": [["start"], ["text", "ni"], ["down", { key: "1", keyCode: 229, isComposing: true }], ["text", "你"], ["end"], ["up", { key: "1", keyCode: 49 }]],
  "WebKit with Pinyin: the composition ends before its Enter, marked 229": [["start"], ["text", "你好"], ["end"], ["down", { ...enter, keyCode: 229 }], ["up", enter]],
  "WebKitGTK with fcitx: the composition ends before its Enter, not marked": [["start"], ["text", "你好"], ["end"], ["down", enter], ["up", enter]],
  "Rime: the letters are committed by Enter twice over": [["start"], ["text", "hao"], ["end"], ["down", { ...enter, keyCode: 229 }], ["down", enter], ["up", enter]],
  "Japanese: Enter fixes the conversion": [["start"], ["text", "にほん"], ["down", { key: " ", keyCode: 229, isComposing: true }], ["text", "日本"], ["down", { ...enter, isComposing: true, keyCode: 229 }], ["end"], ["up", enter]],
  "Japanese on WebKit: Enter fixes the conversion": [["start"], ["text", "日本"], ["end"], ["down", { ...enter, keyCode: 229 }], ["up", enter]],
};

function play(element: HTMLElement, steps: Step[]) {
  for (const [kind, given] of steps) {
    if (kind === "start") fireEvent.compositionStart(element);
    else if (kind === "end") fireEvent.compositionEnd(element);
    else if (kind === "text") fireEvent.change(element, { target: { value: given } });
    else if (kind === "down") fireEvent.keyDown(element, given);
    else fireEvent.keyUp(element, given);
  }
}

test.each(Object.entries(methods))("%s", async (_, steps) => {
  openWindow();
  const element = await field();
  play(element, steps);
  const word = element.value;
  await new Promise((done) => setTimeout(done, 20));
  expect(sent()).toEqual([]);
  fireEvent.keyDown(element, enter);
  await waitFor(() => expect(sent()).toEqual([word]));
});

test("where Ctrl+Enter sends, Enter alone does not", async () => {
  const { user, type, click } = openWindow({}, "#settings/chat");
  await user.click(await screen.findByText("Ctrl Enter"));
  await click("rail-chat");
  await type("composer", "one{Enter}two");
  expect((await field()).value).toBe("one\ntwo");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(sent()).toEqual(["one\ntwo"]));
});

test("Enter while an answer streams queues the message, which goes out when the answer has ended", async () => {
  const { type, find } = openWindow();
  await type("composer", "a long one{Enter}");
  await find("stop");
  await type("composer", "and this next{Enter}");
  expect((await find("queued")).textContent).toContain("and this next");
  expect((await field()).value).toBe("");
  expect(sent()).toEqual(["a long one"]);
  await waitFor(() => expect(sent()).toContain("and this next"));
  expect(screen.queryByTestId("queued")).toBeNull();
  await ends();
});

test("a stopped answer sends nothing by itself: what waits can be sent, taken back or thrown away", async () => {
  const { type, click, find, user } = openWindow();
  await type("composer", "a long one{Enter}");
  await find("stop");
  await type("composer", "second{Enter}");
  await type("composer", "third{Enter}");
  await waitFor(() => expect(screen.getAllByTestId("queued")).toHaveLength(2));
  await click("stop");
  await find("send-queued");
  await user.click(within(screen.getAllByTestId("queued")[1] as HTMLElement).getByLabelText("Take it back into the composer"));
  await waitFor(async () => expect((await field()).value).toBe("third"));
  expect(screen.getAllByTestId("queued")).toHaveLength(1);
  await click("send-queued");
  await waitFor(() => expect(sent()).toContain("second"));
  expect((await field()).value).toBe("third");
});

test("a message that could not be sent is back in the composer", async () => {
  const { type, host, find } = openWindow();
  host.sendMessage = () => Promise.reject({ code: "storage_full", fault: "you", message: "The disk is full.", remedy: null, detail: null });
  await type("composer", "precious words{Enter}");
  await screen.findByText("The disk is full.");
  expect(((await find("composer")) as HTMLTextAreaElement).value).toBe("precious words");
});

test("files are chips with size and tokens, go out with the message, and can be taken away", async () => {
  const { find, user, type } = openWindow();
  await user.upload(await find("file-input"), [new File(["x".repeat(4000)], "notes.txt", { type: "text/plain" }), new File(["y"], "plan.pdf", { type: "application/pdf" })]);
  await waitFor(() => expect(screen.getAllByTestId("file-chip")).toHaveLength(2));
  expect(screen.getAllByTestId("file-chip")[0]?.textContent).toMatch(/notes\.txt4 kB · ≈ 1,000 tokens/);
  await user.click(screen.getByLabelText("Remove plan.pdf"));
  await type("composer", "Read this{Enter}");
  expect((await find("message-user")).textContent).toContain("notes.txt");
  await waitFor(() => expect(screen.queryAllByTestId("file-chip")).toEqual([]));
});

test("a file no model reads stays as a chip that says why, and stops nothing else", async () => {
  const { find, user, type } = openWindow();
  await user.upload(await find("file-input"), new File(["x"], "disk.iso", { type: "application/x-iso9660-image" }));
  await waitFor(() => expect(screen.getByTestId("file-chip").textContent).toContain("of a kind no model reads"));
  await type("composer", "Hello{Enter}");
  await waitFor(() => expect(sent()).toEqual(["Hello"]));
});

test("a picture from the clipboard is attached, and a model that cannot see it is told apart before sending", async () => {
  openWindow({ scene: "lived-in" }, "#chat/c2");
  const picture = new File(["png"], "image.png", { type: "image/png" });
  fireEvent.paste(await field(), { clipboardData: { files: [picture], getData: () => "" } });
  await waitFor(() => expect(screen.getByTestId("file-chip").textContent).toContain("qwen-max cannot see pictures."));
  expect(screen.queryByTestId("message-user")?.textContent).not.toContain("image.png");
});

test("a copied table with a picture of itself is pasted as text", async () => {
  openWindow();
  fireEvent.paste(await field(), { clipboardData: { files: [new File(["png"], "image.png", { type: "image/png" })], getData: () => "a\tb" } });
  await new Promise((done) => setTimeout(done, 30));
  expect(screen.queryByTestId("file-chip")).toBeNull();
});

test("a file dropped anywhere in the window is attached", async () => {
  openWindow();
  await field();
  const dataTransfer = { types: ["Files"], files: [new File(["x"], "dropped.txt", { type: "text/plain" })] };
  fireEvent.drop(document.body, { dataTransfer });
  expect((await screen.findByTestId("file-chip")).textContent).toContain("dropped.txt");
});

test("attachments stay with the draft of their conversation", async () => {
  const { find, user, all } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await user.upload(await find("file-input"), new File(["x"], "mine.txt", { type: "text/plain" }));
  await screen.findByTestId("file-chip");
  const item = async (id: string) => (await all("conversation-item")).find((one) => one.dataset.id === id) as HTMLElement;
  await user.click(await item("c2"));
  await waitFor(() => expect(screen.queryByTestId("file-chip")).toBeNull());
  await user.click(await item("c1"));
  expect((await screen.findByTestId("file-chip")).textContent).toContain("mine.txt");
});

test("the estimate counts what goes in, history included, and grows with the message", async () => {
  const { type } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await type("composer", "Hi");
  await waitFor(() => expect(screen.getByTestId("estimate").textContent).toMatch(/≈ 121,401 tokens · ≈ \$0\.24/));
  await type("composer", " there, this is rather longer than before");
  await waitFor(() => expect(screen.getByTestId("estimate").textContent).toMatch(/121,411 tokens/));
});

test("typing asks for an estimate once it pauses, not with every key", async () => {
  const { type, host } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await field();
  const asked = vi.spyOn(host, "estimateSend");
  await type("composer", "twenty-four letters here");
  await waitFor(() => expect(screen.getByTestId("estimate").textContent).toContain("121,406"));
  expect(asked.mock.calls.filter(([ask]) => ask.text !== "").length).toBeLessThan(8);
});

test("a slash opens the prompts; one with blanks asks for them, and the arrows choose", async () => {
  const { type, find, user } = openWindow({ scene: "lived-in" });
  await type("composer", "/tran");
  expect((await find("slash-menu")).textContent).toContain("Translate");
  await user.keyboard("{Enter}");
  await user.type(await screen.findByLabelText("language"), "French");
  await user.type(screen.getByLabelText("text"), "Good morning");
  await user.click(screen.getByText("Insert"));
  await waitFor(async () => expect((await field()).value).toBe("Translate into French, keeping the tone:\n\nGood morning"));
  expect(sent()).toEqual([]);
});

test("an assistant chosen by slash sets the conversation up and sends nothing", async () => {
  const { type, user, world } = openWindow({ scene: "lived-in" });
  await type("composer", "/patient");
  await screen.findByTestId("slash-menu");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(world.draft.settings.systemPrompt).toContain("teach patiently"));
  expect((await field()).value).toBe("");
});

test("a path that begins with a slash is sent as it is", async () => {
  const { type, user } = openWindow({ scene: "lived-in" });
  await type("composer", "/etc/hosts is what?");
  await user.keyboard("{Enter}");
  await waitFor(() => expect(sent()).toEqual(["/etc/hosts is what?"]));
});

test("↑ in an empty composer edits the last message", async () => {
  const { type, user } = openWindow();
  await type("composer", "first words{Enter}");
  await ends();
  (await field()).focus();
  await user.keyboard("{ArrowUp}");
  expect((await screen.findByTestId<HTMLTextAreaElement>("edit-text")).value).toBe("first words");
});

test("Escape stops the answer, but not while an input method is open", async () => {
  const { type, find } = openWindow();
  await type("composer", "a long one{Enter}");
  await find("stop");
  fireEvent.keyDown(await field(), { key: "Escape", keyCode: 229, isComposing: true });
  expect(screen.getByTestId("stop").isConnected).toBe(true);
  fireEvent.keyDown(await field(), { key: "Escape", keyCode: 27 });
  await waitFor(() => expect(screen.getByTestId("message-answer").dataset.state).toBe("stopped"));
});

test("what is typed while the first message is on its way stays in the composer of the new conversation", async () => {
  const { type, host } = openWindow();
  const send = host.sendMessage;
  let go = () => {};
  const held = new Promise<void>((done) => (go = done));
  host.sendMessage = async (ask, onEvents) => {
    await held;
    return send(ask, onEvents);
  };
  await type("composer", "first{Enter}");
  await type("composer", "and second");
  const before = await field();
  go();
  await waitFor(() => expect(sent()).toEqual(["first"]));
  expect((await field()).value).toBe("and second");
  expect(await field()).toBe(before); // the same element: an open composition is not torn
});

test("a message that does not fit into the model's context says so beside what it takes", async () => {
  const { type, find, host } = openWindow({ scene: "lived-in" });
  const estimate = host.estimateSend;
  host.estimateSend = async (ask) => ({ ...(await estimate(ask)), fits: ask.text.length < 10 });
  await type("composer", "short");
  await find("estimate");
  expect(screen.queryByTestId("too-long")).toBeNull();
  await type("composer", " and then not any more");
  expect((await find("too-long")).textContent).toBe("does not fit");
});

test("what stands against a file does not say the file's name twice", () => {
  expect(withoutName("“tone.mp3”: gpt-4.1 takes no recordings.", "tone.mp3")).toBe("gpt-4.1 takes no recordings.");
  expect(withoutName("Nexdesk does not know this kind of file.", "tone.mp3")).toBe("Nexdesk does not know this kind of file.");
});
