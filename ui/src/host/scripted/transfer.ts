// Export and import in the scripted host: one export of another app is always at hand.
import type { Commands } from "../host";
import type { ImportReport } from "../../bindings";
import { find } from "./chat";
import { message } from "./conversations";
import type { World } from "./world";

type TransferPart = Pick<Commands, "exportConversation" | "printedConversation" | "chooseImport" | "readImport" | "runImport">;
const endings = { markdown: "md", html: "html", json: "json" } as const;
const found = ["Packing for Iceland", "Regex for dates", "给妈妈的生日祝福"];

export function transferCommands(world: World): TransferPart {
  function report(path: string): ImportReport {
    if (!/\.(zip|json)$/.test(path)) throw { code: "invalid_input", fault: "you", message: "This file is not an export Nexdesk knows.", remedy: "Choose the .zip or .json that the other app wrote.", detail: null };
    const already = found.filter((title) => world.imported.has(title)).length;
    return {
      source: "ChatGPT", conversations: found.length - already, messages: (found.length - already) * 2, already,
      skipped: [{ what: "Voice note of March 3", why: "The export names a recording but does not contain it." }],
    };
  }
  return {
    async exportConversation(id, format) {
      return `/home/you/Downloads/${find(world, id).summary.title.replace(/[/\\:?]/g, "")}.${endings[format]}`;
    },
    async printedConversation(id, { chinese }) {
      const { summary, messages } = find(world, id);
      const told = messages.map((one) => `<article><pre>${one.text.replace(/[&<]/g, (sign) => (sign === "&" ? "&amp;" : "&lt;"))}</pre></article>`);
      return `<!doctype html><html lang="${chinese ? "zh-CN" : "en"}"><title>${summary.title}</title>${told.join("")}</html>`;
    },
    chooseImport: async () => world.chosenFile,
    readImport: async (path) => report(path),
    async runImport(path) {
      const done = report(path);
      for (const title of found.filter((one) => !world.imported.has(one))) {
        const conversation = world.newConversation(title, "nexhina/gpt-4o-mini");
        const question = message({ id: world.id("m"), role: "user", text: title });
        const answer = message({ id: world.id("m"), role: "assistant", parent: question.id, model: "gpt-4o", text: "As it stood in the export." });
        Object.assign(conversation, { messages: [question, answer], leaf: answer.id, summary: { ...conversation.summary, messages: 2, streaming: false } });
        world.imported.add(title);
      }
      world.emit({ type: "conversationsChanged" });
      return done;
    },
  };
}
