import { expect, test } from "vitest";
import { isWhole, toSave, typedFrom } from "./form";

const empty = typedFrom(null);

test("a pasted command line becomes a command and its arguments, quotes holding words together", () => {
  const saved = toSave({ ...empty, name: "Files", command: 'npx -y server-files "/home/me/my notes"' }, null, true);
  expect(saved.transport).toEqual({ kind: "stdio", command: "npx", args: ["-y", "server-files", "/home/me/my notes"], env: [] });
});

test("values of variables are secrets and never part of the server; an empty one keeps what is there", () => {
  const saved = toSave({ ...empty, name: "Search", command: "npx", env: [{ name: "KEY", value: "s3cret" }, { name: "OTHER", value: "" }, { name: " ", value: "lost" }] }, "s1", true);
  expect(saved.transport).toMatchObject({ env: ["KEY", "OTHER"] });
  expect(JSON.stringify(saved.transport)).not.toContain("s3cret");
  expect(saved.secrets).toEqual([{ name: "KEY", value: "s3cret" }]);
});

test("a server needs a name and a way to it, and a web address that is one", () => {
  expect(isWhole({ ...empty, name: "x", command: "npx" })).toBe(true);
  expect(isWhole({ ...empty, command: "npx" })).toBe(false);
  expect(isWhole({ ...empty, name: "x", kind: "http", url: "javascript:alert(1)" })).toBe(false);
  expect(isWhole({ ...empty, name: "x", kind: "http", url: "https://mcp.example/mcp" })).toBe(true);
});

test("what is saved and edited again is what was typed", () => {
  const typed = { ...empty, name: "Files", command: "npx", args: "-y\nserver-files" };
  const { name, transport } = toSave(typed, null, true);
  expect(typedFrom({ id: "s1", name, transport, enabled: true, state: "ready", problem: null, tools: [] })).toEqual(typed);
});
