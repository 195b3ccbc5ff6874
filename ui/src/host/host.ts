// What the interface asks of whatever holds it: the window (tauri.ts), or memory (scripted.ts) for tests and the browser.
import type { commands } from "../bindings";
import type {
  AppEvent, Attachment, ChatEvent, Conversation, ConversationSettings, ConversationSummary, Estimate, EstimateAsk, ExportFormat, Folder, ImportReport, InterruptedAnswer,
  McpOffer, McpServer, NewDraft, Prompt, QueuedMessage, SaveMcpServer, SearchHit, SendMessage, Sent, Settings, ToolPermission,
} from "./soon";

type Generated = typeof commands;
/** Commands that `soon.ts` declares anew, until Rust does. */
type Changed =
  | "sendMessage" | "retryAnswer" | "continueAnswer" | "listConversations" | "openConversation" | "renameConversation" | "restoreConversation" | "saveDraft"
  | "newDraft" | "getSettings" | "saveSettings";
/** A command that answers nothing answers null over the bridge. */
type Plain<F> = F extends (...ask: infer A) => Promise<infer T> ? (...ask: A) => Promise<T extends null ? unknown : T> : never;
export type OnEvents = (events: ChatEvent[]) => void;
type Done = Promise<unknown>;

/** A conversation: asking, its tree, its settings. */
export type TalkCommands = {
  /** Resolves at once; the events follow. */
  sendMessage(ask: SendMessage, onEvents: OnEvents): Promise<Sent>;
  /** A new sibling of the answer. */
  retryAnswer(answer: string, model: string, onEvents: OnEvents): Promise<Sent>;
  /** The same answer; what comes is appended. */
  continueAnswer(answer: string, onEvents: OnEvents): Promise<Sent>;
  openConversation(id: string): Promise<Conversation>;
  forkConversation(message: string): Promise<ConversationSummary>;
  /** With all that follows it. */
  deleteMessage(id: string): Promise<Conversation>;
  restoreMessage(id: string): Promise<Conversation>;
  queueMessage(ask: { conversation: string; text: string; attachments: string[]; model: string }): Promise<QueuedMessage>;
  unqueueMessage(id: string): Done;
  pickAnswer(message: string): Done;
  /** Null: what has not begun yet. */
  saveConversationSettings(conversation: string | null, settings: ConversationSettings): Done;
  saveDraft(conversation: string | null, text: string, attachments: string[]): Done;
  newDraft(): Promise<NewDraft>;
  compactConversation(id: string, model: string): Promise<Conversation>;
  undoCompaction(id: string): Promise<Conversation>;
  /** Of the start before this one; empty when the app was closed as one closes an app. */
  interruptedAnswers(): Promise<InterruptedAnswer[]>;
  dismissInterrupted(): Done;
  answerToolCall(message: string, call: string, how: "once" | "always" | "refuse"): Done;
};

/** What goes in with a message, and what sending it would take. */
export type FileCommands = {
  estimateSend(ask: EstimateAsk): Promise<Estimate>;
  attachFile(name: string, mime: string, bytes: Uint8Array): Promise<Attachment>;
  attachPath(path: string): Promise<Attachment>;
  dropAttachment(id: string): Done;
  takeScreenshot(): Promise<Attachment>;
};

/** The list: finding, putting in order. */
export type ListCommands = {
  /** Archived ones too. */
  listConversations(search: string | null): Promise<ConversationSummary[]>;
  renameConversation(id: string, title: string): Promise<ConversationSummary>;
  restoreConversation(id: string): Promise<ConversationSummary>;
  search(query: string, limit: number): Promise<SearchHit[]>;
  listFolders(): Promise<Folder[]>;
  /** An empty id makes a new one. */
  saveFolder(folder: Folder): Promise<Folder>;
  /** What is in it stays, outside of any folder. */
  deleteFolder(id: string): Done;
  moveConversation(id: string, folder: string | null): Done;
  pinConversation(id: string, pinned: boolean): Done;
  archiveConversation(id: string, archived: boolean): Done;
};

/** Prompts, tools, and the way in and out. */
export type LibraryCommands = {
  listPrompts(): Promise<Prompt[]>;
  /** An empty id makes a new one. */
  savePrompt(prompt: Prompt): Promise<Prompt>;
  deletePrompt(id: string): Done;
  listMcpServers(): Promise<McpServer[]>;
  saveMcpServer(ask: SaveMcpServer): Promise<McpServer>;
  deleteMcpServer(id: string): Done;
  restartMcpServer(id: string): Done;
  /** The servers in another app's JSON, to look at first. */
  readMcpJson(text: string): Promise<McpOffer[]>;
  mcpCatalogue(): Promise<McpOffer[]>;
  setToolPermission(server: string, tool: string, permission: ToolPermission): Done;
  /** Where it was written. */
  exportConversation(id: string, format: ExportFormat): Promise<string>;
  /** Opens the system's print dialog, which also makes PDFs. */
  printConversation(id: string): Done;
  /** The system's dialog for a file; null if it was left. */
  chooseImport(): Promise<string | null>;
  /** What an import would do, without doing it. */
  readImport(path: string): Promise<ImportReport>;
  runImport(path: string): Promise<ImportReport>;
  getSettings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<Settings>;
};

/** The commands, as Rust declares them. Every rejected promise is a Problem. */
export type Commands = { [K in Exclude<keyof Generated, Changed>]: Plain<Generated[K]> } & TalkCommands & FileCommands & ListCommands & LibraryCommands;

/** The commands, and what the host tells unasked. */
export type Host = Commands & {
  onEvent(listener: (event: AppEvent) => void): () => void;
};
