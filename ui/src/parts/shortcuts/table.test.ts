import { expect, test } from "vitest";
import { commandOf, shortcuts, spelled } from "./table";

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({ key, code: "", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test("no two commands answer to the same key", () => {
  const all = shortcuts.flatMap((one) => one.keys);
  expect(new Set(all).size).toBe(all.length);
});

test("Ctrl on one keyboard is ⌘ on another", () => {
  expect(commandOf(press("n", { ctrlKey: true }), true)).toBe("newChat");
  expect(commandOf(press("n", { metaKey: true }), true)).toBe("newChat");
  expect(commandOf(press("n"), false)).toBeNull();
});

test("Shift tells two commands on one key apart, whatever the layout calls the key", () => {
  expect(commandOf(press(",", { ctrlKey: true, code: "Comma" }), false)).toBe("settings");
  expect(commandOf(press("<", { ctrlKey: true, shiftKey: true, code: "Comma" }), false)).toBe("conversationSettings");
  expect(commandOf(press("Tab", { ctrlKey: true, shiftKey: true }), false)).toBe("previousChat");
});

test("a question mark asks for help, but not while one is typing it", () => {
  expect(commandOf(press("?", { shiftKey: true }), false)).toBe("help");
  expect(commandOf(press("?", { shiftKey: true }), true)).toBeNull();
});

test("Escape and ↑ belong to the composer, not to the window", () => {
  expect(commandOf(press("Escape"), false)).toBeNull();
  expect(commandOf(press("ArrowUp"), false)).toBeNull();
  expect(commandOf(press("ArrowUp", { altKey: true }), false)).toBe("previousChat");
});

test("keys are spelled as they stand on the board", () => {
  expect(spelled("mod+shift+c", "Ctrl")).toBe("Ctrl Shift C");
});
