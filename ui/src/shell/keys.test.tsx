import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openWindow } from "./window";

test("a gateway is added with its key, a pasted endpoint is cut, and the check says what it found", async () => {
  const { click, type, host } = openWindow({}, "#keys");
  await click("add-gateway");
  await click("preset-custom");
  await type("gateway-name", "My box");
  await type("base-url", "https://box.example/v1/chat/completions");
  expect(screen.getByText(/will use https:\/\/box.example\/v1 and add \/chat\/completions/)).toBeDefined();
  await click("gateway-save");
  await type("key-secret", "  sk-good-1234 ");
  await click("key-save");
  expect((await screen.findByTestId("check-result")).textContent).toContain("answered in 312 ms · 31 models");
  const added = (await host.listGateways()).find((gateway) => gateway.name === "My box");
  expect(added).toMatchObject({ baseUrl: "https://box.example/v1", keys: [{ name: "main", lastFour: "1234", state: "healthy" }] });
});

test("a wrong key is told in a sentence with what to do", async () => {
  const { click, type } = openWindow({ scene: "lived-in" }, "#keys/nexhina");
  await click("add-key");
  await type("key-name", "third");
  await type("key-secret", "sk-wrong-9999");
  await click("key-save");
  expect((await screen.findByTestId("check-result")).textContent).toMatch(/refused the key.*Copy it again/);
  expect(document.body.textContent).not.toContain("sk-wrong-9999");
});

test("a local token is shown once and never again", async () => {
  const { click, type, find } = openWindow({}, "#keys");
  await click("token-create");
  await type("token-name", "Cursor");
  await click("token-save");
  const secret = (await find("token-secret")).textContent ?? "";
  expect(secret).toMatch(/^nxd-.{16,}/);
  expect(screen.getByText(/will not be shown again/)).toBeDefined();
  await click("token-done");
  await waitFor(() => expect(screen.queryByTestId("token-secret")).toBeNull());
  expect((await find("token-item")).textContent).toContain(secret.slice(-4));
  expect(document.body.textContent).not.toContain(secret);
});

test("a token shows what it may do, what is spent of it, and can be paused", async () => {
  const { click, find, host } = openWindow({ scene: "lived-in" }, "#keys/t2");
  const limits = (await find("token-limits")).textContent ?? "";
  for (const part of ["$2.00", "≈ $0.08", "$30.00", "gpt-*, nexhina/*", "60 requests a minute", "Asia/Shanghai"]) expect(limits).toContain(part);
  await click("token-pause");
  await waitFor(() => expect(screen.getByText("paused")).toBeDefined());
  expect((await host.listTokens()).find((one) => one.id === "t2")?.paused).toBe(true);
  await click("token-pause");
  await waitFor(() => expect(screen.queryByText("paused")).toBeNull());
});

test("a revoked token is gone, after a question", async () => {
  const { click, all, host } = openWindow({ scene: "lived-in" }, "#keys/t1");
  expect(await all("token-item")).toHaveLength(3);
  await click("token-revoke");
  expect(await host.listTokens()).toHaveLength(3);
  await click("confirm");
  await waitFor(() => expect(screen.getAllByTestId("token-item")).toHaveLength(2));
});

test("without a keychain, keys can be kept in an encrypted file, by a passphrase typed twice", async () => {
  const { click, type, find } = openWindow({ vault: "missing" }, "#keys");
  await click("vault-open");
  await type("passphrase", "correct horse");
  await type("passphrase-again", "correct hors");
  expect(((await find("vault-save")) as HTMLButtonElement).disabled).toBe(true);
  await type("passphrase-again", "e");
  await click("vault-save");
  await waitFor(() => expect(screen.queryByTestId("vault")).toBeNull());
});

test("a key typed where keys cannot be kept yet waits for the file, which is made in the same dialog", async () => {
  const { click, type, user, find, world } = openWindow({ scene: "lived-in", vault: "missing" }, "#keys/nexhina");
  await click("add-key");
  await type("key-name", "third");
  await type("key-secret", "sk-good-1234");
  expect(((await find("key-save")) as HTMLButtonElement).disabled).toBe(true);
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByTestId("vault-open"));
  await type("passphrase", "correct horse");
  await type("passphrase-again", "correct horse");
  await click("vault-save");
  await waitFor(async () => expect(((await find("key-save")) as HTMLButtonElement).disabled).toBe(false));
  await click("key-save");
  await find("check-result");
  expect(world.gateways.find((gateway) => gateway.id === "nexhina")?.keys.some((key) => key.name === "third")).toBe(true);
});

test("a wrong passphrase does not unlock, and says so", async () => {
  const { click, type } = openWindow({ vault: "locked" }, "#keys");
  await click("vault-open");
  await type("passphrase", "wrong");
  await click("vault-save");
  expect((await screen.findByRole("alert")).textContent).toContain("does not open the file");
});
