// What the scripted host makes of attached files, and what it thinks a send would take.
import type { Commands } from "../host";
import type { Attachment, AttachmentKind, Problem } from "../../bindings";
import { notFound } from "./found";
import type { World } from "./world";

type FilePart = Pick<Commands, "estimateSend" | "attachFile" | "attachPath" | "dropAttachment" | "takeScreenshot">;
const DOCUMENT = /pdf|word|excel|powerpoint|officedocument/;
const LIMIT = 50_000_000;

function kindOf(mime: string): AttachmentKind | null {
  if (mime.startsWith("image/")) return "picture";
  if (mime.startsWith("audio/")) return "audio";
  if (mime.startsWith("video/")) return "video";
  if (DOCUMENT.test(mime)) return "document";
  return /^text\/|json|xml|javascript|^$/.test(mime) ? "text" : null;
}

const refusal = (message: string, remedy: string): Problem => ({ code: "invalid_input", fault: "you", message, remedy, detail: null });

/** Some four letters a token, or two characters of Chinese in three. */
export function tokensOf(text: string): number {
  const wide = text.match(/[\u3000-\u9fff\uac00-\ud7af]/g)?.length ?? 0;
  return Math.ceil(wide * 0.7 + (text.length - wide) / 4);
}

export function filesCommands(world: World): FilePart {
  function attach(name: string, mime: string, size: number, text: string): Attachment {
    const kind = kindOf(mime);
    if (!kind) throw refusal(`“${name}” is of a kind no model reads.`, "Save it as PDF or text, then attach that.");
    if (size > LIMIT) throw refusal(`“${name}” is larger than 50 MB.`, "Attach the part that matters.");
    const tokens = { picture: 765, audio: Math.ceil(size / 800), video: Math.ceil(size / 400), document: Math.ceil(size / 60), text: tokensOf(text) }[kind];
    const attachment: Attachment = { id: world.id("a"), name, mime, kind, size, tokens, pages: kind === "document" ? Math.max(1, Math.round(size / 40_000)) : null, problem: null };
    world.attachments.set(attachment.id, attachment);
    return attachment;
  }
  return {
    async estimateSend({ conversation, text, attachments, model }) {
      const known = conversation ? world.conversations.get(conversation) : undefined;
      const files = attachments.map((id) => world.attachments.get(id)).filter((one) => one !== undefined);
      const input = (known?.contextUsed ?? (known ? tokensOf(known.messages.map((one) => one.text).join(" ")) : 0)) + tokensOf(text) + files.reduce((sum, one) => sum + (one.tokens ?? 0), 0);
      const priced = world.models.find((one) => one.id === model);
      const nano = priced?.free ? 0 : priced?.price?.input == null ? null : Math.round((priced.price.input * input) / 1e6);
      const contextWindow = /gpt-4\.1/.test(model) ? 1_047_576 : /claude|picture/.test(model) ? 200_000 : /qwen|gpt-4o/.test(model) ? 128_000 : null;
      const blind = /sandbox-thinker|qwen-max|deepseek/.test(model);
      const refused = files.filter((one) => blind && one.kind === "picture").map((one) => ({ attachment: one.id, problem: refusal(`${priced?.name ?? model} cannot see pictures.`, "Choose a model that can, or take the picture out.") }));
      return { input, cost: nano === null ? null : { nano, basis: "estimated" }, contextWindow, fits: contextWindow === null || input < contextWindow, refused };
    },
    attachFile: async (name, mime, bytes) => attach(name, mime, bytes.length, new TextDecoder().decode(bytes.slice(0, 200_000))),
    attachPath: async (path) => attach(path.split("/").at(-1) ?? path, "text/plain", 12_000, "x".repeat(12_000)),
    async dropAttachment(id) {
      if (!world.attachments.has(id)) throw notFound("attachment");
    },
    takeScreenshot: async () => attach(`Screenshot ${new Date().toLocaleTimeString("en-GB")}.png`, "image/png", 420_000, ""),
  };
}
