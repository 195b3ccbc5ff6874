// What the bench has models say: everything an answer can hold, the same in each run.
import { message } from "../src/host/scripted/conversations";
import { plainSettings } from "../src/host/soon";
import type { Conversation, Message } from "../src/host/soon";

const sentence = "The lighthouse keeper counts the waves, writes **the number** down and begins again, because the sea has no `memory` for sums. ";
const chinese = "守塔人数着海浪，把数字写下来，然后重新开始，因为大海记不住账。";

const pieces: ((index: number) => string)[] = [
  (index) => `## Part ${index}`,
  () => sentence.repeat(4),
  () => chinese.repeat(6),
  () => Array.from({ length: 8 }, (_, row) => `${row + 1}. ${sentence}`).join("\n"),
  (index) => `\`\`\`ts\n${Array.from({ length: 24 }, (_, line) => `const value${line} = await stream.read(${index}, "${line}"); // and so it goes on`).join("\n")}\n\`\`\``,
  () => `| step | takes | because |\n|---|---:|---|\n${Array.from({ length: 10 }, (_, row) => `| ${row} | ${row * 12} ms | some *reason* |`).join("\n")}`,
  (index) => `The mean is $\\bar{x}_${index} = \\frac{1}{n} \\sum_i x_i$ and so\n\n$$\n\\int_0^\\infty e^{-${index + 1}x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2}\n$$`,
  () => `> ${sentence.repeat(2)}\n> ${sentence}`,
  () => `- [x] done\n- [ ] open\n- nested\n  - deeper, with a [link](https://example.com/path)\n  - and ~~another~~`,
];

/** `kinds` are places in the list above; without them, all. */
export function answerOf(characters: number, kinds = pieces.map((_, at) => at)): string {
  let text = "";
  for (let index = 0; text.length < characters; index++) text += `${pieces[kinds[index % kinds.length] ?? 0]?.(index) ?? ""}\n\n`;
  return text.slice(0, characters);
}

/** Answers of one to three thousand characters, as conversations are. */
export function longConversation(id: string, messages: number): Conversation {
  const whole = answerOf(40_000);
  const list = Array.from({ length: messages }, (_, index): Message => {
    const user = index % 2 === 0;
    const from = (index * 977) % 30_000;
    const begin = whole.indexOf("\n\n", from) + 2;
    return message({
      id: `${id}-${index}`, role: user ? "user" : "assistant", parent: index ? `${id}-${index - 1}` : null, model: user ? null : "sandbox/sandbox-chat",
      text: user ? `Question ${index / 2 + 1}: and what then?` : `Answer ${(index + 1) / 2}.\n\n${whole.slice(begin, begin + 1000 + ((index * 631) % 2000))}`,
      createdAt: index,
    });
  });
  return {
    summary: { id, title: `Conversation ${id}`, model: "sandbox/sandbox-chat", messages, cost: { nano: 0, basis: "reported" }, updatedAt: 1, streaming: false, folder: null, pinned: false, archived: false },
    messages: list, leaf: list.at(-1)?.id ?? null, draft: "", settings: plainSettings, draftAttachments: [], queue: [], contextUsed: null, compaction: null,
  };
}
