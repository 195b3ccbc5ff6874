import { act, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import i18next from "../i18n";
import { openWindow } from "./window";

afterEach(() => void i18next.changeLanguage("en"));

test("the panel shows the address, the tools and what passed through", async () => {
  const { find, all } = openWindow({ scene: "lived-in" }, "#relay");
  expect((await find("relay-url")).textContent).toBe("http://127.0.0.1:4141/v1");
  expect((await find("relay-state")).textContent).toBe("running");
  const tools = (await all("tool")).map((one) => one.textContent);
  expect(tools).toHaveLength(3);
  expect(tools[1]).toMatch(/Codex CLI.*≈ \$4\.10 of \$30\.00 this month/);
  const rows = await all("live-row");
  expect(rows[1]?.textContent).toMatch(/Cursor.*gpt-4o-mini.*Nexconn-AI · main after 429 on work.*200/);
  expect(rows[4]?.textContent).toContain("402top up");
  await waitFor(() => expect(screen.getByTestId("relay-figures").textContent).toMatch(/Added delay0\.08 ms/));
});

test("nothing is said of other computers unless they can come in, and then loudly", async () => {
  const { find } = openWindow({ scene: "lived-in", lan: true }, "#relay");
  expect((await find("relay-lan")).textContent).toMatch(/not encrypted.*http:\/\/192\.168\.1\.23:4141\/v1/);
  expect(screen.queryByText(/Only this computer/)).toBeNull();
});

test("a relay that is not running says so and why, and offers no address", async () => {
  const { find, world } = openWindow({ scene: "lived-in" }, "#relay");
  await find("relay-url");
  const relay = { ...world.status.relay, state: "stopped" as const, url: null, note: "Every port from 4141 to 4160 is taken." };
  await act(async () => world.statusChanges({ relay }));
  await waitFor(() => expect(screen.getByTestId("relay-state").textContent).toBe("not running"));
  expect(screen.getByRole("alert").textContent).toContain("4160 is taken");
  expect(screen.queryByTestId("relay-url")).toBeNull();
});

test("a row appears as a request begins, and fills in as it ends", async () => {
  const { all, world } = openWindow({ scene: "lived-in" }, "#relay");
  await all("live-row");
  const row = await act(async () => world.exchangeBegins("nexhina/gpt-4.1", { caller: "Cursor", door: "http" }));
  await waitFor(() => expect(screen.getAllByTestId("live-row")[0]?.textContent).toMatch(/Cursor.*gpt-4\.1.*streaming/));
  expect(within(screen.getAllByTestId("tool")[2] as HTMLElement).getByText("active")).toBeDefined();
  const tokens = { input: 1284, cached: null, output: 356, reasoning: null, basis: "estimated" } as const;
  await act(async () => world.exchangeChanges({ ...row, outcome: "ok", status: 200, tokens, cost: { nano: 4_100_000, basis: "estimated" }, firstTokenMs: 410, tookMs: 4200 }));
  await waitFor(() => expect(screen.getAllByTestId("live-row")[0]?.textContent).toMatch(/200≈ 1,284≈ 356≈ \$0\.00410\.41 s4\.2 s/));
});

test("a request opens to every try, what it was charged by, and what was kept of it", async () => {
  const { all, user, find } = openWindow({ scene: "lived-in" }, "#relay");
  await user.click((await all("live-row"))[1] as HTMLElement);
  expect((await all("try")).map((one) => one.textContent)).toEqual([expect.stringMatching(/Nexhina · work429Too many requests/), expect.stringMatching(/Nexconn-AI · main200/)]);
  expect(await screen.findByText("$0.15 per million")).toBeDefined();
  expect(await screen.findByText(/were not kept/)).toBeDefined();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("request-drawer")).toBeNull());
  const broken = (await all("live-row"))[4] as HTMLElement;
  broken.focus();
  await user.keyboard("{Enter}");
  expect((await find("bill-cost")).textContent).toBe("—");
  expect(await all("kept")).toHaveLength(2);
  expect(screen.getByTestId("request-drawer").textContent).toContain("content-type: application/json");
});

test("limits are typed in dollars and kept in nano-dollars, to the last digit", async () => {
  const { all, user, find, type, click, host } = openWindow({ scene: "lived-in" }, "#relay");
  await user.click((await all("tool"))[0] as HTMLElement);
  const saved = vi.spyOn(host, "setTokenLimits");
  await type("limit-day", "five");
  expect(((await find("limits-save")) as HTMLButtonElement).disabled).toBe(true);
  await user.clear(await find("limit-day"));
  await type("limit-day", "$8.2");
  await type("limit-total", "8711601.189689771");
  await type("limit-rpm", "60");
  await type("limit-models", "claude-*, nexhina/*");
  await type("limit-expires", "2031-12-31");
  await user.click(screen.getByRole("button", { name: "Messages" }));
  await user.click(screen.getByRole("radio", { name: "Where it went wrong" }));
  await click("limits-save");
  await waitFor(() => expect(screen.queryByTestId("tool-drawer")).toBeNull());
  expect(saved).toHaveBeenCalledWith("t1", {
    models: ["claude-*", "nexhina/*"], endpoints: ["messages"], rpm: 60, tpm: null, concurrency: null, dayNano: 8_200_000_000, monthNano: null,
    totalNano: 8_711_601_189_689_771, unpriced: "refuse", expiresAt: new Date(2032, 0, 1).getTime(), capture: "errors",
  });
  await waitFor(() => expect(screen.getAllByTestId("tool")[0]?.textContent).toContain("of $8.20 today"));
});

test("a tool is paused where it stands, and revoked after a question", async () => {
  const { all, user, click, host } = openWindow({ scene: "lived-in" }, "#relay");
  await user.click((await all("tool"))[1] as HTMLElement);
  await click("tool-pause");
  await waitFor(() => expect(screen.getByTestId("tool-pause").textContent).toBe("Resume"));
  expect((await host.listTokens())[1]?.paused).toBe(true);
  await click("tool-revoke");
  await click("confirm");
  await waitFor(() => expect(screen.getAllByTestId("tool")).toHaveLength(2));
});

test("a first tool gets its token from here", async () => {
  const { click, type, find, all } = openWindow({}, "#relay");
  expect(await screen.findByText("No tool has a token yet")).toBeDefined();
  await click("tool-add");
  await type("token-name", "Cursor");
  await click("token-save");
  expect((await find("token-secret")).textContent).toMatch(/^nxd-/);
  await click("token-done");
  expect(await all("tool")).toHaveLength(1);
});

test("the preview says who is asked for a name, and why", async () => {
  const { click, type, all, user, find } = openWindow({ scene: "lived-in" }, "#relay");
  await click("open-rules");
  await type("preview-model", "gpt-4.1");
  expect((await all("preview-step")).map((one) => one.textContent)).toEqual(["1Nexhina · gpt-4.1 It lists this model."]);
  await user.selectOptions(screen.getByLabelText("Asked by"), "Codex CLI");
  await waitFor(() => expect(screen.getAllByTestId("preview-step").map((one) => one.textContent)).toEqual([
    expect.stringMatching(/1Nexhina · gpt-4\.1 The route “gpt-4\*”/), expect.stringMatching(/2AI Nexus · deepseek-v4/),
  ]));
  await user.clear(await find("preview-model"));
  await type("preview-model", "nobody-has-this");
  expect(await screen.findByText(/No gateway here offers/)).toBeDefined();
});

test("a route is added, moved up, switched off, and comes back with Undo where it stood", async () => {
  const { click, type, all, user, host } = openWindow({ scene: "lived-in" }, "#relay/rules");
  await click("route-add");
  await type("route-pattern", "smart");
  await user.selectOptions(screen.getByLabelText("Gateway of target 1"), "AI Nexus");
  await type("target-model", "deepseek-v4");
  await click("target-add");
  await click("route-save");
  const patterns = async () => (await host.listRoutes()).map((one) => one.pattern);
  await waitFor(async () => expect(await patterns()).toEqual(["fast", "gpt-4*", "claude-*", "smart"]));
  expect((await host.listRoutes())[3]?.targets).toEqual([{ gateway: "ai-nexus", model: "deepseek-v4", weight: 1 }, { gateway: null, model: "", weight: 1 }]);
  await user.click(await screen.findByRole("button", { name: "Move smart up" }));
  await waitFor(async () => expect(await patterns()).toEqual(["fast", "gpt-4*", "smart", "claude-*"]));
  const off = await screen.findByRole("switch", { name: "Follow smart" });
  await waitFor(() => expect((off as HTMLButtonElement).disabled).toBe(false));
  await user.click(off);
  await waitFor(async () => expect((await host.listRoutes())[2]?.enabled).toBe(false));
  await user.click((await all("route-remove"))[2] as HTMLElement);
  await user.click(await screen.findByText("Undo"));
  await waitFor(async () => expect((await host.listRoutes())[2]).toMatchObject({ pattern: "smart", enabled: false }));
});

test("what was learned can be forgotten", async () => {
  const { all, host } = openWindow({ scene: "lived-in" }, "#relay/rules");
  expect((await all("learned"))[1]?.textContent).toMatch(/max_tokens is sent as max_completion_tokens.*Nexhina · o4-mini/);
  (await all("forget"))[0]?.click();
  await waitFor(() => expect(screen.getAllByTestId("learned")).toHaveLength(1));
  expect((await host.listLearned())[0]?.parameter).toBe("max_tokens");
});

test("the panel speaks Chinese", async () => {
  await i18next.changeLanguage("zh");
  const { find, all } = openWindow({ scene: "lived-in" }, "#relay");
  expect((await find("relay-state")).textContent).toBe("运行中");
  expect((await all("live-row"))[1]?.textContent).toContain("此前 work 返回 429");
  expect((await find("rail-relay")).textContent).toBe("中继");
});
