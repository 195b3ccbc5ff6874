import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { openWindow } from "./window";

test("a request of the window stands in Usage, with its tokens", async () => {
  const { type, click } = openWindow();
  await type("composer", "Hello{Enter}");
  await screen.findByTestId("receipt", {});
  await click("rail-usage");
  const row = await screen.findByTestId("usage-row");
  expect(row.textContent).toMatch(/Chat.*sandbox-chat.*Sandbox.*200.*1,284/);
});

test("a row opens to every attempt that was made", async () => {
  const { all, user } = openWindow({ scene: "lived-in" }, "#usage");
  await user.click((await all("usage-row"))[1] as HTMLElement);
  const details = await screen.findByTestId("usage-details");
  expect(details.textContent).toContain("429");
  expect(details.textContent).toContain("Too many requests.");
});

test("only the rows in view are drawn", async () => {
  const { all } = openWindow({ scene: "lived-in" }, "#usage");
  expect((await all("usage-row")).length).toBeLessThan(60);
});

test("a start that failed takes the whole window, and another try opens it", async () => {
  const held = { code: "data_dir_held" as const, fault: "you" as const, message: "nexd (process 77) is using /data.", remedy: "Close it first.", detail: null };
  const { find, click, world } = openWindow({ held });
  const trouble = await find("start-trouble");
  expect(trouble.textContent).toMatch(/process 77.*Close it first/);
  expect(screen.queryByTestId("composer")).toBeNull();
  world.held = { ...held, message: "nexd (process 78) is using /data." };
  await click("open-again");
  await waitFor(() => expect(trouble.textContent).toContain("process 78"));
  world.held = null;
  await click("open-again");
  expect(await find("composer")).toBeDefined();
  expect((await find("model-picker")).textContent).toContain("sandbox-chat");
});

test("an empty ledger shows the first request to make, with the address as it is", async () => {
  openWindow({}, "#usage");
  expect((await screen.findByText(/curl -N/)).textContent).toContain("http://127.0.0.1:4141/v1/chat/completions");
});

test("a notice stays over every panel until it is put away", async () => {
  const { find, click, user } = openWindow({ scene: "lived-in" });
  const notice = await find("notice");
  await click("rail-keys");
  expect(await find("notice")).toBe(notice);
  await user.click(within(notice).getByRole("button"));
  await waitFor(() => expect(screen.queryByTestId("notice")).toBeNull());
});

test("Ctrl K finds a conversation and opens it", async () => {
  const { user } = openWindow({ scene: "lived-in" }, "#usage");
  await screen.findAllByTestId("usage-row");
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByTestId("palette");
  await user.keyboard("window fun{Enter}");
  expect(await screen.findByRole("heading", { name: "SQL window functions" })).toBeDefined();
});

test("a deleted conversation comes back with Undo", async () => {
  const { user, all } = openWindow({ scene: "lived-in" }, "#chat/c3");
  const before = (await all("conversation-item")).length;
  await user.click(await screen.findByLabelText("More"));
  await user.click(await screen.findByText("Delete"));
  await waitFor(async () => expect(await all("conversation-item")).toHaveLength(before - 1));
  await user.click(await screen.findByText("Undo"));
  await waitFor(async () => expect(await all("conversation-item")).toHaveLength(before));
});

test("the relay address is copied with a click", async () => {
  const { click, find } = openWindow();
  await find("relay-address");
  const written = vi.spyOn(navigator.clipboard, "writeText");
  await click("relay-address");
  expect(written).toHaveBeenCalledWith("http://127.0.0.1:4141/v1");
});
