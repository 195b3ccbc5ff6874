// "/" at the beginning of an empty message opens the prompts: which ones fit what was typed after it.
import type { Prompt } from "../../../bindings";

/** What was typed after "/", while it can still be the name of a prompt; null otherwise. */
export function slashed(text: string): string | null {
  return /^\/[^\n]{0,40}$/.test(text) ? text.slice(1) : null;
}

export function fitting(prompts: Prompt[], typed: string): Prompt[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return prompts.filter(({ name, text, settings }) => {
    const hay = `${name} ${text} ${settings?.systemPrompt ?? ""}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}
