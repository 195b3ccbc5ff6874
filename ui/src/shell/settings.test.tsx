// Settings: of one conversation, of every chat, tools, prompts, and chats from other apps.
import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { openWindow } from "./window";

test("a conversation keeps its own system prompt, temperature and schema", async () => {
  const { click, type, user, world, find } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await screen.findAllByTestId("message-answer");
  await click("conversation-settings");
  await type("system-prompt", "Be brief.");
  await click("advanced");
  await user.type(screen.getByLabelText("Temperature"), "0.3");
  await click("add-schema");
  await waitFor(() => expect(world.conversations.get("c1")?.settings).toMatchObject({ systemPrompt: "Be brief.", temperature: 0.3 }));
  expect(world.conversations.get("c1")?.settings.schema).toContain('"points"');
  expect(world.conversations.get("c2")?.settings.systemPrompt).toBe("");
  await user.clear(await find("schema"));
  await user.type(await find("schema"), "not json");
  expect((await screen.findByRole("alert")).textContent).toContain("1:1");
});

test("a number out of bounds is told and not saved", async () => {
  const { click, user, world } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await screen.findAllByTestId("message-answer");
  await click("conversation-settings");
  await click("advanced");
  await user.type(screen.getByLabelText("Temperature"), "9");
  expect((await screen.findByRole("alert")).textContent).toContain("from 0 to 2");
  expect(world.conversations.get("c1")?.settings.temperature).toBeNull();
});

test("the settings of a chat become an assistant, which another chat begins with", async () => {
  const { click, type, user, world } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await screen.findAllByTestId("message-answer");
  await click("conversation-settings");
  await type("system-prompt", "Answer in rhyme.");
  await click("save-assistant");
  await user.type(await screen.findByTestId("assistant-name"), "Poet{Enter}");
  await waitFor(() => expect(world.prompts.find((one) => one.name === "Poet")?.settings?.systemPrompt).toBe("Answer in rhyme."));
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("tuning")).toBeNull());
  await click("new-chat");
  await click("conversation-settings");
  await user.selectOptions(await screen.findByLabelText("Assistant"), "Poet");
  await waitFor(() => expect(world.draft.settings.systemPrompt).toBe("Answer in rhyme."));
});

test("what a new chat was set to is what it is asked with, and the next one begins plain", async () => {
  const { click, type, user, world } = openWindow();
  await click("conversation-settings");
  await type("system-prompt", "Be kind.");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("tuning")).toBeNull());
  await type("composer", "Hello{Enter}");
  await screen.findByTestId("receipt");
  expect([...world.conversations.values()][0]?.settings.systemPrompt).toBe("Be kind.");
  expect(world.draft.settings.systemPrompt).toBe("");
});

test("a server's tools are chosen for one conversation", async () => {
  const { click, user, world } = openWindow({ scene: "lived-in" }, "#chat/c1");
  await screen.findAllByTestId("message-answer");
  await click("tools");
  await user.click(await screen.findByRole("switch", { name: "Use Files here" }));
  await waitFor(() => expect(world.conversations.get("c1")?.settings.mcpServers).toEqual(["s1"]));
  expect((await screen.findByTestId("tools")).textContent).toBe("3 tools");
});

test("a server that failed says why, and is started again", async () => {
  const { click, all } = openWindow({ scene: "lived-in" }, "#settings/tools");
  const weather = (await all("server"))[1] as HTMLElement;
  expect(weather.textContent).toMatch(/failed.*weather\.example does not answer/);
  await click("restart-server");
  await waitFor(async () => expect((await all("server"))[1]?.textContent).toContain("1 tool"));
});

test("each tool asks, is always allowed, or never", async () => {
  const { all, user, world } = openWindow({ scene: "lived-in" }, "#settings/tools");
  const write = (await all("tool")).find((one) => one.textContent?.includes("write_file")) as HTMLElement;
  await user.click(within(write).getByRole("radio", { name: "Never" }));
  await waitFor(() => expect(world.servers[0]?.tools.find((one) => one.name === "write_file")?.permission).toBe("never"));
});

test("web search works once its key is typed; the key goes to the vault and nowhere else", async () => {
  const { all, click, user, world } = openWindow({ scene: "new" }, "#settings/tools");
  await user.click((await all("add-offer"))[0] as HTMLElement);
  await user.type(await screen.findByLabelText("Value of TAVILY_API_KEY"), "tvly-secret");
  await click("save-server");
  expect((await screen.findByTestId("server")).textContent).toContain("Tavily");
  expect(world.secrets.has("tvly-secret")).toBe(true);
  expect(JSON.stringify(world.servers)).not.toContain("tvly-secret");
});

test("another app's JSON is looked through first; only what is ticked is added", async () => {
  const { click, user, all, world } = openWindow({ scene: "lived-in" }, "#settings/tools");
  await click("paste-servers");
  await user.click(await screen.findByTestId("paste-text"));
  await user.paste('{"mcpServers":{"git":{"command":"uvx","args":["mcp-server-git"]},"Files":{"command":"npx"},"docs":{"url":"https://docs.example/mcp"}}}');
  await click("read-pasted");
  expect(await all("offer")).toHaveLength(3);
  expect((screen.getByRole("checkbox", { name: /Files/ }) as HTMLInputElement).checked).toBe(false);
  await user.click(screen.getByRole("checkbox", { name: /docs/ }));
  expect(world.servers).toHaveLength(2);
  await click("add-pasted");
  await waitFor(() => expect(world.servers.map((one) => one.name)).toEqual(["Files", "Weather", "git"]));
});

test("JSON that is none is refused with what to do", async () => {
  const { click, user } = openWindow({}, "#settings/tools");
  await click("paste-servers");
  await user.click(await screen.findByTestId("paste-text"));
  await user.paste("hello");
  await click("read-pasted");
  expect((await screen.findByRole("alert")).textContent).toContain("Paste the whole file");
});

test("a prompt with blanks is written once and found by slash", async () => {
  const { click, user, type, find } = openWindow({}, "#settings/prompts");
  await click("add-prompt");
  await type("prompt-name", "Shorten");
  await user.click(await find("prompt-text"));
  await user.paste("Shorten to {{words}} words:");
  expect((await find("prompt-form")).textContent).toContain("words");
  await click("save-prompt");
  await find("prompt");
  await click("rail-chat");
  await type("composer", "/sho");
  expect((await find("slash-menu")).textContent).toContain("Shorten");
});

test("an import is read before anything is written, tells what it would bring, and brings it once", async () => {
  const { click, find, host } = openWindow({}, "#settings/transfer");
  await click("choose-import");
  const report = await find("import-report");
  expect(report.textContent).toMatch(/ChatGPT.*New chats3.*Messages6.*Already here0/);
  expect(report.textContent).toContain("names a recording but does not contain it");
  expect(await host.listConversations(null)).toHaveLength(0);
  await click("run-import");
  await find("import-done");
  expect(await host.listConversations(null)).toHaveLength(3);
  await click("choose-import");
  const again = await find("import-report");
  expect(again.textContent).toMatch(/New chats0.*Already here3/);
  expect(((await find("run-import")) as HTMLButtonElement).disabled).toBe(true);
});

test("a file that is no export is refused before anything happens", async () => {
  const { click, world } = openWindow({}, "#settings/transfer");
  world.chosenFile = "/home/you/holiday.jpg";
  await click("choose-import");
  expect((await screen.findByRole("alert")).textContent).toContain("not an export Nexdesk knows");
});

test("a person who leaves the dialog without a file has done nothing", async () => {
  const { click, host, world } = openWindow({}, "#settings/transfer");
  const read = vi.spyOn(host, "readImport");
  world.chosenFile = null;
  await click("choose-import-folder");
  await click("choose-import");
  expect(read).not.toHaveBeenCalled();
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.queryByTestId("import-report")).toBeNull();
});

test("titles by a model can be turned off, and who writes them chosen", async () => {
  const { user, world } = openWindow({ scene: "lived-in" }, "#settings/chat");
  await user.selectOptions(await screen.findByLabelText("Who finds the title"), "nexhina/gpt-4o-mini");
  await waitFor(() => expect(world.settings.titleModel).toBe("nexhina/gpt-4o-mini"));
  await user.click(screen.getByRole("switch", { name: "Name new chats" }));
  await waitFor(() => expect(world.settings.autoTitle).toBe(false));
  expect(screen.queryByLabelText("Who finds the title")).toBeNull();
});

test("a server that is on but was not needed yet does not call itself off", async () => {
  const { click, find, world } = openWindow({ scene: "lived-in" }, "#keys");
  world.servers = world.servers.slice(0, 1).map((one) => ({ ...one, enabled: true, state: "off" as const, problem: null }));
  await click("rail-settings");
  await click("settings-tools");
  expect((await find("server")).textContent).toContain("starts when used");
});
