// One conversation with everything an answer can hold, to be looked at: `/?show` of the bench.
import { message, receipt, toolCall } from "../src/host/scripted/conversations";
import { plainSettings } from "../src/host/soon";
import type { Conversation, Message } from "../src/host/soon";

const written = `Here is **everything** at once, with a [link](https://docs.example.org/guide?a=1), a footnote[^1] and two sources [1] [2].

| Protocol | Streaming | Cached input | Notes on what a gateway gets wrong with it, so that the table is wide |
|---|:-:|---:|---|
| chat/completions | yes | 1,024 | \`stream_options\` is ignored by some |
| responses | yes | 0 | *reasoning* comes first |
| messages | no | 12 | — |

- [x] read the file
- [ ] change it
  - nested, with 中文 beside English

1. First step:
   \`\`\`sh
   curl -N http://127.0.0.1:4141/v1/models
   \`\`\`
   and look at what comes back.
2. Second step, with $E = mc^2$ in it.

$$
\\bar{x}_k = \\frac{1}{n} \\sum_{i=k-n+1}^{k} x_i
$$

\\[ \\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2} \\]

> A quotation, as long as it needs to be.

[^1]: A footnote, which opens in place.`;

const diagram = "```mermaid\nflowchart LR\n  A[Window] --> B{Relay}\n  B -->|key 1| C[Nexhina]\n  B -->|key 2| D[Nexconn]\n  C --> E[(Ledger)]\n  D --> E\n```\n\n```mermaid\nsequenceDiagram\n  窗口->>中继: 提问\n  中继->>网关: 转发\n  网关-->>窗口: 回答\n```\n\n```mermaid\ngraph TD\n  this is -- not a diagram\n```";
const svg = '```svg\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 80"><rect width="200" height="80" rx="12" fill="#31386b"/><circle cx="46" cy="40" r="22" fill="#f4c27a"/><text x="84" y="46" fill="white" font-size="18" font-family="sans-serif">Drawing</text><script>alert(1)</script></svg>\n```';
const html = '```html\n<!doctype html>\n<html><head><style>h1{color:#5b5bd6;font-family:system-ui} .card{border:1px solid #ddd;border-radius:10px;padding:12px}</style></head>\n<body><h1>A page</h1><div class="card">Shown without scripts.</div><script>document.body.innerHTML = "owned"</script><img src="https://evil.example/p.png"></body></html>\n```';
const remote = "![A cat on a wall](https://pictures.example.com/cats/7.png)\n\n![dot](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==)";
const long = `A long listing:\n\n\`\`\`ts\n${Array.from({ length: 900 }, (_, line) => `export const value${line}: number = await read(${line}); // line ${line}`).join("\n")}\n\`\`\``;
const chinese = "## 流式输出为什么会卡住\n\n**缓冲**是最常见的原因：反向代理会等待完整的响应体，或者 `gzip` 会把小事件攒到缓冲区满为止。\n\n1. 检查响应头里的 `Content-Encoding`；\n2. 关闭代理的缓冲；\n3. 看回执里的首个 token 时间。\n\n| 步骤 | 用时 |\n|---|---:|\n| 首个 token | 0.41 秒 |\n| 全部 | 4.6 秒 |";

const paid = receipt("gpt-4.1", "Nexhina", 0.0041);
const call = { server: "Places", name: "look_up", arguments: '{"place":"Jeddah","fields":["height","year"]}' };

const said: (Partial<Message> & { text: string })[] = [
  { text: "Show me everything an answer can hold." },
  { text: written, reasoning: "The person wants to see all of it. I list what there is, then write one of each, briefly.", reasoningMs: 4200, citations: [{ title: "Jeddah Light", url: "https://example.org/jeddah-light" }, { title: "A title that is rather longer than the chip that holds it", url: "https://long.host.example.com/a" }], receipt: paid },
  { text: "Draw it." },
  { text: `${diagram}\n\n${svg}\n\n${html}`, receipt: paid },
  { text: "Which pictures?" },
  { text: remote, pictures: ["p1"], receipt: paid },
  { text: "How tall is it?" },
  {
    text: "I look it up. It is 133 metres tall.", state: "stopped",
    toolCalls: [
      toolCall({ ...call, id: "t1", state: "done", result: '{"height":133,"year":1990}', tookMs: 840, at: 13 }),
      toolCall({ ...call, id: "t2", state: "failed", result: "The server closed the connection.", tookMs: 12, at: 13 }),
      toolCall({ ...call, id: "t3", state: "refused", at: 36 }), toolCall({ ...call, id: "t4", state: "asked", at: 36 }),
    ],
  },
  { text: "请用中文回答。" },
  { text: chinese, model: "nexconn/qwen-max", receipt: receipt("qwen-max", "Nexconn-AI", 0.002) },
  { text: "And a long listing, please." },
  { text: long, receipt: paid, state: "truncated" },
];

export function showcase(): Conversation {
  const messages = said.map((one, index) => message({ id: `show-${index}`, role: index % 2 ? "assistant" : "user", parent: index ? `show-${index - 1}` : null, model: index % 2 ? "nexhina/gpt-4.1" : null, createdAt: index, ...one }));
  return {
    summary: { id: "show", title: "Everything an answer can hold", model: "nexhina/gpt-4.1", messages: messages.length, cost: { nano: 61_000_000, basis: "reported" }, updatedAt: Date.now(), streaming: false, folder: null, pinned: false, archived: false },
    messages, leaf: messages.at(-1)?.id ?? null, draft: "", settings: plainSettings, draftAttachments: [], queue: [], contextUsed: null, compaction: null,
  };
}
