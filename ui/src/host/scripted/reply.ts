// What the scripted gateway answers: by a word in the prompt it thinks, calls a tool, draws, breaks, is cut or refuses.
import type { ChatEvent, MessageState, Problem } from "../../bindings";

export type Script = { events: ChatEvent[]; state: MessageState; reasoningMs: number | null; problem: Problem | null };

const interrupted: Problem = { code: "stream_interrupted", fault: "gateway", message: "The connection broke while the answer was arriving.", remedy: "What arrived is kept. Continue asks for the rest.", detail: null };
const refused: Problem = { code: "key_refused", fault: "you", message: "Nexhina refused the key “work”.", remedy: "Check the key in Keys, or choose another model.", detail: "HTTP 401" };
const unreachable: Problem = { code: "gateway_unreachable", fault: "gateway", message: "api.nexhina.example does not answer.", remedy: "Check the network and the base URL.", detail: "dns error" };

const long = `Here is a longer answer, so that you can watch it arrive.

## What happens on the way

1. The window asks the relay.
2. The relay chooses a **gateway** and a key.
3. Every piece is shown as it comes.

\`\`\`ts
for await (const events of stream) {
  answer.append(events); // never re-parsed, only appended
}
\`\`\`

| step | takes |
|---|---|
| first token | 0.2 s |
| the rest | as long as it needs |

${Array.from({ length: 12 }, (_, index) => `Paragraph ${index + 1}: the lighthouse keeper counts the waves, writes the number down and begins again, because the sea has no memory for sums.`).join("\n\n")}`;

function pieces(text: string): ChatEvent[] {
  return (text.match(/[\s\S]{1,9}/gu) ?? []).map((piece) => ({ type: "text", text: piece }));
}

function thought(text: string): ChatEvent[] {
  return (text.match(/[\s\S]{1,12}/gu) ?? []).map((piece) => ({ type: "reasoning", text: piece }));
}

export function scriptFor(prompt: string, model: string): Script {
  const asked = prompt.toLowerCase();
  const done = (events: ChatEvent[], more: Partial<Script> = {}): Script => ({ events, state: "complete", reasoningMs: null, problem: null, ...more });
  if (asked.includes("refuse")) return done([], { state: "failed", problem: refused });
  if (asked.includes("offline")) return done([], { state: "failed", problem: unreachable });
  if (asked.includes("break")) return done(pieces(long.slice(0, 420)), { state: "interrupted", problem: interrupted });
  if (asked.includes("cut")) return done(pieces(long.slice(0, 300)), { state: "truncated" });
  if (model.includes("picture") || model.includes("image") || asked.includes("draw")) {
    return done([...pieces("Here is your picture, drawn offline."), { type: "picture", id: "p1" }]);
  }
  if (asked.includes("tool")) {
    return done([
      { type: "toolCall", index: 0, id: "call_7", name: "look_up", arguments: '{"place":' },
      { type: "toolCall", index: 0, id: null, name: null, arguments: '"Jeddah"}' },
      { type: "tool", index: 0, server: "Places", state: "asked", result: null, tookMs: null, pictures: [] },
      ...pieces("The tower stands 133 metres tall."),
      { type: "citation", title: "Jeddah Light", url: "https://example.org/jeddah-light" },
    ]);
  }
  if (asked.includes("think") || model.includes("thinker")) {
    return done([...thought("The question is short. I weigh two readings, take the likelier one, and answer it plainly."), ...pieces("I thought about it first. The likelier reading is the plain one.")], { reasoningMs: 4200 });
  }
  if (asked.includes("long")) return done(pieces(long));
  return done(pieces(`You said: **${prompt.trim().slice(0, 200)}**\n\nThis is the sandbox. It answers offline and costs nothing.`));
}

/** A picture without a network: a few shapes of paper. */
export function drawnPicture(): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#31386b"/><stop offset=".6" stop-color="#d97b5a"/><stop offset="1" stop-color="#f4c27a"/></linearGradient></defs><rect width="512" height="512" fill="url(#s)"/><circle cx="150" cy="300" r="52" fill="#fbe3a6"/><path d="M0 400q120-60 260-20t252-30v162H0z" fill="#22264a"/><path d="M330 380l14-210h44l14 210z" fill="#f5efe6"/><path d="M340 230h52l4 50h-60zM333 330h66l3 50h-72z" fill="#c4473f"/><path d="M336 170h60l-8-30h-44z" fill="#22264a"/><path d="M366 152L40 90v70z" fill="#fbe3a6" opacity=".35"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}
