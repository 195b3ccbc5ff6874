// The chat's types as the bridge will declare them. Rust's bindings win by name as they come; then this file goes.
import type * as Bound from "../bindings";

export type * from "../bindings";

export type ConversationSettings = {
  systemPrompt: string;
  /** The id of the assistant it began with. */
  assistant: string | null;
  temperature: number | null;
  topP: number | null;
  maxTokens: number | null;
  presencePenalty: number | null;
  frequencyPenalty: number | null;
  /** `minimal`, `low`, `medium`, `high`; null is the model's own choice. */
  reasoningEffort: string | null;
  seed: number | null;
  stop: string[];
  /** A JSON schema, as typed. */
  schema: string | null;
  /** JSON merged into the request, as typed. */
  extra: string | null;
  /** Ids of the servers whose tools may be called here. */
  mcpServers: string[];
  /** Whether a broken or truncated answer is continued without asking. */
  autoContinue: boolean;
};

export type AttachmentKind = "picture" | "audio" | "video" | "document" | "text";
export type Attachment = {
  id: string;
  name: string;
  mime: string;
  kind: AttachmentKind;
  size: number;
  tokens: number | null;
  pages: number | null;
  /** Why it cannot be sent, or only in part. */
  problem: Bound.Problem | null;
};

export type Citation = { title: string; url: string };
export type ToolState = "asked" | "allowed" | "running" | "done" | "failed" | "refused";
export type ToolCall = Bound.ToolCall & {
  /** The MCP server's name. */
  server: string | null;
  state: ToolState;
  result: string | null;
  tookMs: number | null;
  /** Ids of pictures it returned. */
  pictures: string[];
  /** How much of the answer's text stood when it was called, in UTF-16 units: where the card belongs. */
  at: number;
};

export type Message = Omit<Bound.Message, "toolCalls"> & {
  toolCalls: ToolCall[];
  attachments: Attachment[];
  citations: Citation[];
  /** Answers to one question that were asked at once share this. */
  compare: string | null;
  /** Of those, the one the conversation goes on with. */
  picked: boolean;
  /** Where the answer does not fit the schema that was asked for. */
  schemaProblem: string | null;
  /** It stands in the summary and is no longer sent itself. */
  compacted: boolean;
};

export type ConversationSummary = Bound.ConversationSummary & { folder: string | null; pinned: boolean; archived: boolean };
export type QueuedMessage = { id: string; text: string; attachments: Attachment[]; model: string };
/** What stands for the beginning of a conversation that grew too long. */
export type Compaction = { through: string; text: string; tokens: number };
export type Conversation = Omit<Bound.Conversation, "summary" | "messages"> & {
  summary: ConversationSummary;
  messages: Message[];
  settings: ConversationSettings;
  draftAttachments: Attachment[];
  queue: QueuedMessage[];
  /** Tokens of the branch, as last reported. */
  contextUsed: number | null;
  compaction: Compaction | null;
};
/** What stands in the composer of a conversation that has not begun. */
export type NewDraft = { text: string; attachments: Attachment[]; settings: ConversationSettings };

export type SendMessage = Bound.SendMessage & {
  attachments: string[];
  /** More than one: each answers, side by side. Empty or one: `model` answers. */
  models: string[];
  /** The queued message this is; it leaves the queue as it is sent. */
  queued: string | null;
};
export type Sent = Omit<Bound.Sent, "conversation" | "user" | "answer"> & {
  conversation: ConversationSummary;
  user: Message | null;
  answer: Message;
  /** The further answers of a comparison, in the order of `models`. */
  others: Message[];
};
export type ChatEvent =
  | Bound.ChatEvent
  /** In a comparison, first in each batch: whose events follow. */
  | { type: "answer"; id: string }
  | { type: "tool"; index: number; server: string | null; state: ToolState; result: string | null; tookMs: number | null; pictures: string[] }
  | { type: "citation"; title: string; url: string };

export type EstimateAsk = { conversation: string | null; parent: string | null; text: string; attachments: string[]; model: string };
export type Estimate = {
  /** Tokens of the whole request, history included. */
  input: number;
  /** Of the input alone: what this send costs at least. */
  cost: Bound.Cost | null;
  contextWindow: number | null;
  fits: boolean;
  /** Attachments this model cannot take. */
  refused: { attachment: string; problem: Bound.Problem }[];
};

export type Folder = { id: string; name: string; position: number };
export type Prompt = { id: string; name: string; text: string; variables: string[]; kind: "prompt" | "assistant"; settings: ConversationSettings | null };
export type SearchHit = {
  conversation: string;
  message: string;
  title: string;
  snippet: string;
  /** Pairs of start and end in `snippet`, in UTF-16 units. */
  at: [number, number][];
  model: string | null;
  createdAt: number;
};

export type McpTransport = { kind: "stdio"; command: string; args: string[]; env: string[] } | { kind: "http"; url: string };
export type ToolPermission = "ask" | "always" | "never";
export type McpTool = { name: string; description: string; permission: ToolPermission; readOnly: boolean };
export type McpServer = {
  id: string;
  name: string;
  transport: McpTransport;
  enabled: boolean;
  state: "off" | "starting" | "ready" | "failed";
  problem: Bound.Problem | null;
  tools: McpTool[];
};
/** A server to add (`id` null) or change. Values of variables and the bearer token go to the vault; an empty one keeps what is there. */
export type SaveMcpServer = { id: string | null; name: string; transport: McpTransport; enabled: boolean; secrets: { name: string; value: string }[] };
/** A server found in another app's JSON, or in the catalogue: to look at before it is added. */
export type McpOffer = { name: string; transport: McpTransport; secrets: { name: string; value: string }[]; note: string | null; console: string | null; already: boolean };

/** An answer that the last life of the app left unfinished. */
export type InterruptedAnswer = { conversation: string; message: string; title: string; text: string; model: string | null };

export type ExportFormat = "markdown" | "html" | "json";
export type ImportReport = { source: string; conversations: number; messages: number; already: number; skipped: { what: string; why: string }[] };

export type Settings = Bound.Settings & {
  /** Whether broken and truncated answers are continued without asking, unless a conversation says otherwise. */
  autoContinue: boolean;
  autoTitle: boolean;
  /** Who writes titles; null is the cheapest chat model there is. */
  titleModel: string | null;
};

export type AppEvent =
  | Exclude<Bound.AppEvent, { type: "conversationChanged" }>
  | { type: "conversationChanged"; conversation: ConversationSummary }
  /** Many at once, or folders: lists are read again. */
  | { type: "conversationsChanged" }
  | { type: "serversChanged" };

/** What a conversation begins with. */
export const plainSettings: ConversationSettings = {
  systemPrompt: "", assistant: null, temperature: null, topP: null, maxTokens: null, presencePenalty: null, frequencyPenalty: null,
  reasoningEffort: null, seed: null, stop: [], schema: null, extra: null, mcpServers: [], autoContinue: false,
};
