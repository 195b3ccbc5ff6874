// Every key that does something, in one table: what listens, what the help shows and what the palette hints come from here.
export type Command =
  | "newChat" | "palette" | "settings" | "help" | "toggleList" | "nextChat" | "previousChat" | "search"
  | "findInChat" | "focusComposer" | "models" | "stop" | "regenerate" | "copyAnswer" | "copyCode" | "editLast" | "quote" | "conversationSettings";
export type Shortcut = { command: Command; keys: string[]; group: "window" | "chat" };

export const shortcuts: Shortcut[] = [
  { command: "newChat", keys: ["mod+n", "mod+shift+o"], group: "window" },
  { command: "palette", keys: ["mod+k"], group: "window" },
  { command: "search", keys: ["mod+shift+f"], group: "window" },
  { command: "settings", keys: ["mod+,"], group: "window" },
  { command: "toggleList", keys: ["mod+b"], group: "window" },
  { command: "nextChat", keys: ["mod+tab", "alt+arrowdown"], group: "window" },
  { command: "previousChat", keys: ["mod+shift+tab", "alt+arrowup"], group: "window" },
  { command: "help", keys: ["mod+/", "?"], group: "window" },
  { command: "focusComposer", keys: ["mod+i", "shift+escape"], group: "chat" },
  { command: "findInChat", keys: ["mod+f"], group: "chat" },
  { command: "models", keys: ["mod+shift+m"], group: "chat" },
  { command: "stop", keys: ["escape"], group: "chat" },
  { command: "regenerate", keys: ["mod+r"], group: "chat" },
  { command: "editLast", keys: ["mod+shift+e", "arrowup"], group: "chat" },
  { command: "quote", keys: ["mod+shift+q"], group: "chat" },
  { command: "copyAnswer", keys: ["mod+shift+c"], group: "chat" },
  { command: "copyCode", keys: ["mod+shift+;"], group: "chat" },
  { command: "conversationSettings", keys: ["mod+shift+,"], group: "chat" },
];

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Shift changes what a key is called ("," becomes "<"), so its place on the board counts as well. */
const places: Record<string, string> = { Comma: ",", Slash: "/", Semicolon: ";" };

export function fits(press: Press, keys: string): boolean {
  const parts = keys.split("+");
  const wanted = parts.at(-1) ?? "";
  const mod = press.ctrlKey || press.metaKey;
  if (mod !== parts.includes("mod") || press.altKey !== parts.includes("alt")) return false;
  if (wanted === "?") return press.key === "?";
  if (press.shiftKey !== parts.includes("shift")) return false;
  return press.key.toLowerCase() === wanted || (mod && places[press.code] === wanted);
}

/** Esc and ↑ mean something only where they are pressed; the composer listens for them itself. */
const LOCAL: Command[] = ["stop"];

export function commandOf(press: Press, typing: boolean): Command | null {
  const found = shortcuts.find(({ command, keys }) => !LOCAL.includes(command) && keys.some((one) => one !== "arrowup" && fits(press, one) && !(typing && one === "?")));
  return found?.command ?? null;
}

const signs: Record<string, string> = { shift: "Shift", alt: "Alt", tab: "Tab", escape: "Esc", arrowup: "↑", arrowdown: "↓" };

/** As a person reads it: "Ctrl Shift C". */
export function spelled(keys: string, modifier: string): string {
  return keys.split("+").map((part) => (part === "mod" ? modifier : (signs[part] ?? part.toUpperCase()))).join(" ");
}
