// The conversations the scripted host begins with: every state an answer can be in, long titles, Chinese, siblings.
import { plainSettings } from "../plain";
import type { Conversation, Cost, Message, MessageState, Receipt, ToolCall } from "../../bindings";

const MINUTE = 60_000;
const DAY = 86_400_000;
const cost = (amount: number | null): Cost => ({ nano: amount === null ? null : Math.round(amount * 1e9), basis: "reported" });

export function receipt(model: string, gateway: string, amount: number | null, more: Partial<Receipt> = {}): Receipt {
  return {
    exchange: `x-${model}-${amount}`, model, gateway, key: gateway === "Sandbox" ? null : "work",
    tokens: { input: 1284, cached: 1024, output: 356, reasoning: null, basis: "reported" },
    cost: cost(amount), firstTokenMs: 410, tookMs: 4560, tokensPerSecond: 86, ...more,
  };
}

type Draft = Partial<Message> & { text: string };
type Thread = { id: string; title: string; model: string | null; ago: number; amount: number | null; messages: Draft[]; draft?: string; more?: Partial<Conversation>; kept?: Partial<Conversation["summary"]> };

/** A message with nothing in it but what is given. */
export function message(more: Partial<Message> & Pick<Message, "id" | "role">): Message {
  return {
    parent: null, state: "complete", model: null, text: "", reasoning: "", reasoningMs: null, toolCalls: [], pictures: [], receipt: null, problem: null,
    attachments: [], citations: [], compare: null, picked: false, schemaProblem: null, compacted: false, createdAt: Date.now(), ...more,
  };
}

export const toolCall = (more: Partial<ToolCall>): ToolCall => ({ id: "", name: "", arguments: "", server: null, tool: null, state: "done", result: null, tookMs: null, pictures: [], citations: [], at: 0, round: 0, ...more });

function build(thread: Thread, now: number): Conversation {
  const messages = thread.messages.map((draft, index): Message => {
    const role = draft.role ?? (index % 2 ? "assistant" : "user");
    return message({
      id: `${thread.id}-${index}`, parent: index ? `${thread.id}-${index - 1}` : null, role, model: role === "assistant" ? thread.model : null,
      createdAt: now - thread.ago - (thread.messages.length - index) * MINUTE, ...draft,
    });
  });
  return {
    summary: { id: thread.id, title: thread.title, model: thread.model, messages: messages.length, cost: cost(thread.amount), updatedAt: now - thread.ago, streaming: false, folder: null, pinned: false, archived: false, ...thread.kept },
    messages, leaf: messages.at(-1)?.id ?? null, draft: thread.draft ?? "", draftAttachments: [], settings: plainSettings, queue: [], contextUsed: null, compaction: null, ...thread.more,
  };
}

const stall = `Something between the two is **buffering**. A proxy that waits for a full body, or gzip, holds back small events until its buffer fills. Check the response for \`Content-Encoding\`, then turn buffering off:

\`\`\`nginx
location /v1/ {
    proxy_pass http://gateway;
    proxy_buffering off;      # pass each event on as it comes
    gzip off;
}
\`\`\`

If that changes nothing, look at the first-byte time in the receipt below: a slow first token comes from the model, not from the wire.`;

const windowFunctions = `A window function computes over *related rows* without folding them into one.

| function | what it gives | ties |
|---|---|---|
| \`row_number()\` | 1, 2, 3, 4 | broken arbitrarily |
| \`rank()\` | 1, 2, 2, 4 | share a rank, then a gap |
| \`dense_rank()\` | 1, 2, 2, 3 | share a rank, no gap |

1. Partition: which rows belong together.
2. Order: in what sequence they stand.
   - without it, the whole partition is the frame
3. Frame: how far each row can see.

The running mean over the last $n$ rows is

$$\\bar{x}_k = \\frac{1}{n} \\sum_{i=k-n+1}^{k} x_i$$

> A frame of \`rows between 6 preceding and current row\` gives a seven-day mean.

\`\`\`sql
select day, avg(spend) over (order by day rows between 6 preceding and current row) as week
from ledger;
\`\`\``;

const weekly = `**本周工作总结**

1. 完成了流式解析器的重构，首个 token 的等待时间从 0.9 秒降到 0.4 秒；
2. 修复了三个与代理缓冲有关的问题，并补充了回归测试；
3. 与设计团队一起确定了用量面板的新布局。

**下周计划**：上线新的密钥轮换策略，继续压测本地中继。`;

export function firstConversations(now: number): Conversation[] {
  const threads: Thread[] = [
    { id: "c1", title: "Why does my stream stall?", model: "nexhina/gpt-4.1", ago: 4 * MINUTE, amount: 0.061, more: { contextUsed: 121_400 }, messages: [
      { text: "My client shows nothing for 20 s and then everything at once. The server streams. Why?" },
      { text: stall, reasoning: "The server streams, the client sees a burst: so something between them collects the bytes. Usual suspects are a reverse proxy with response buffering, compression, and an HTTP client that waits for the full body.", reasoningMs: 4200, receipt: receipt("gpt-4.1", "Nexhina", 0.0041) },
      { text: "And when it breaks in the middle?" },
      { text: "The gateway cannot resume a stream. Nexdesk keeps what arrived, asks again for the rest and joins the two.", receipt: receipt("gpt-4.1", "Nexhina", 0.0012, { tokens: { input: 1702, cached: 1280, output: 61, reasoning: 24, basis: "reported" }, firstTokenMs: 380, tokensPerSecond: 91 }) },
    ] },
    { id: "c2", title: "周报润色", model: "nexconn/qwen-max", ago: 40 * MINUTE, amount: 0.002, messages: [
      { text: "请帮我把这份周报润色一下，语气专业但不要太生硬：重构了流式解析，修了三个bug，和设计过了用量面板。" },
      { text: weekly, receipt: receipt("qwen-max", "Nexconn-AI", 0.002, { key: "main", cost: { nano: 2_000_000, basis: "estimated" } }) },
    ] },
    { id: "c3", title: "SQL window functions", model: "nexhina/claude-sonnet-4", ago: 90 * MINUTE, amount: 0.0114, kept: { folder: "f1" }, messages: [
      { text: "Explain SQL window functions with a table and a formula." },
      { text: windowFunctions, receipt: receipt("claude-sonnet-4", "Nexhina", 0.0114) },
    ] },
    { id: "c4", title: "What can go wrong: stopped, interrupted, failed and truncated answers in one very long title", model: "sandbox/sandbox-chat", ago: DAY + 2 * MINUTE, amount: 0, messages: states() },
    { id: "c5", title: "Logo ideas", model: "nexconn/gemini-2.5-flash-image", ago: DAY + 50 * MINUTE, amount: 0.12, kept: { folder: "f1" }, messages: [
      { text: "Draw a lighthouse, paper-cut style, warm dusk light." },
      { text: "Here it is.", pictures: ["p1"], receipt: receipt("gemini-2.5-flash-image", "Nexconn-AI", 0.039, { key: "main", firstTokenMs: 3100, tokensPerSecond: null }) },
    ] },
    { id: "c6", title: "Trip budget table", model: "nexhina/gpt-4o-mini", ago: 3 * DAY, amount: 0.003, draft: "Add a column for trains, and", messages: [
      { text: "How much is a week in Kyoto?" },
      { text: "Around **$1,150** without flights: $70 a night, $45 a day for food, $120 for trains, the rest for temples and rain.", receipt: receipt("gpt-4o-mini", "Nexhina", 0.00031) },
    ] },
    { id: "c8", title: "Rust SSE parser review", model: "nexhina/claude-sonnet-4", ago: 9 * DAY, amount: 0.18, kept: { pinned: true }, more: { contextUsed: 186_000, settings: { ...plainSettings, temperature: 0.2, mcpServers: ["s1"] } }, messages: [
      { text: "Review this parser. Which bytes can split an event?", attachments: [{ id: "a1", name: "framer.rs", mime: "text/x-rust", kind: "text", size: 14_220, tokens: 3_910, pages: null, problem: null }] },
      { text: "Any of them: a chunk may end inside a UTF-8 sequence, between `\\r` and `\\n`, or in the middle of a field name. Keep bytes until a whole event is there.", receipt: receipt("claude-sonnet-4", "Nexhina", 0.18) },
    ] },
    { id: "c9", title: "Compare: three models on one prompt", model: "nexhina/gpt-4.1", ago: DAY + 20 * MINUTE, amount: 0.09, messages: compared() },
    { id: "c10", title: "Old notes on tokenizers", model: "nexhina/gpt-4o-mini", ago: 60 * DAY, amount: 0.004, kept: { archived: true }, messages: [
      { text: "How do tokenizers split Chinese?" },
      { text: "Mostly by bytes or by characters that often stand together.", receipt: receipt("gpt-4o-mini", "Nexhina", 0.004) },
    ] },
    { id: "c7", title: "A thousand messages", model: "sandbox/sandbox-chat", ago: 40 * DAY, amount: 0, messages: Array.from({ length: 1000 }, (_, index) => ({
      text: index % 2 ? `Answer ${(index + 1) / 2}. It has a second sentence, \`some code\` and **one bold word**.\n\n- a point\n- another` : `Question ${index / 2 + 1}`,
      ...(index % 2 ? { receipt: receipt("sandbox-chat", "Sandbox", 0, { exchange: `x7-${index}` }) } : {}),
    })) },
  ];
  return [...threads.map((thread) => build(thread, now))];
}

function states(): Draft[] {
  const failed = { code: "rate_limited", fault: "gateway", message: "AI Nexus is receiving too many requests with this key.", remedy: "Try again in 30 seconds, or choose a model of another gateway.", detail: "HTTP 429" } as const;
  const ended = (state: MessageState, text: string, more: Partial<Message> = {}): Draft => ({ text, state, ...more });
  return [
    { text: "Tell me about lighthouses." },
    ended("stopped", "A lighthouse is a tower built to", { receipt: receipt("sandbox-chat", "Sandbox", 0, { tokens: { input: 31, cached: null, output: 9, reasoning: null, basis: "estimated" } }) }),
    { text: "Go on, please." },
    ended("interrupted", "The oldest one still in use stands in A Coruña: the Tower of Hercules, built by the Romans in the"),
    { text: "And the tallest?" },
    ended("failed", "", { problem: failed }),
    { text: "And the tallest?", parent: "c4-3" },
    ended("truncated", "The Jeddah Light, 133 metres, is the tallest. It stands at the outer end of the pier and", { parent: "c4-6", toolCalls: [toolCall({ id: "call_1", name: "look_up", arguments: '{"place":"Jeddah","fields":["height","year"]}', state: "failed", result: "No such place.", tookMs: 210 })], receipt: receipt("sandbox-chat", "Sandbox", null) }),
  ];
}

function compared(): Draft[] {
  const answer = (name: string, gateway: string, text: string, amount: number, speed: number): Draft => ({
    text, parent: "c9-0", role: "assistant", model: `${gateway}/${name}`, compare: "g1", receipt: receipt(name, gateway === "nexconn" ? "Nexconn-AI" : "Nexhina", amount, { tokensPerSecond: speed, key: gateway === "nexconn" ? "main" : "work" }),
  });
  return [
    { text: "In two sentences: why is the sky blue?" },
    answer("gpt-4.1", "nexhina", "Air scatters short waves of sunlight far more than long ones, so blue comes at us from every direction. Violet is scattered even more, but the sun sends less of it and our eyes see it worse.", 0.0041, 86),
    answer("claude-sonnet-4", "nexhina", "Sunlight is a mix of colours, and the molecules of air deflect blue light about **four times** as strongly as red. Wherever you look, some of that deflected blue reaches your eye.", 0.0062, 64),
    answer("qwen-max", "nexconn", "Rayleigh scattering: its strength grows with $\\lambda^{-4}$, so blue wins over red. At sunset the path through the air is long, the blue is gone, and red remains.", 0.0019, 102),
  ];
}

/** So many conversations that a list must not draw them all. */
export function crowd(size: number, now: number): Conversation[] {
  return Array.from({ length: size }, (_, index) => build({ id: `x${index}`, title: `Conversation ${index + 1}`, model: "sandbox/sandbox-chat", ago: 2 * DAY + index * 7 * MINUTE, amount: 0, messages: [{ text: `Question ${index + 1}` }, { text: "An answer." }] }, now));
}
