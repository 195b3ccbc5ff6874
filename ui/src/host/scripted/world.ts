// What the scripted host remembers, and the events it sends when something changes.
import { plainSettings } from "../plain";
import type { AppEvent, Attachment, Conversation, Exchange, Folder, Gateway, InterruptedAnswer, Learned, LocalToken, McpServer, Message, Model, NewDraft, Problem, Prompt, Route, Settings, Status } from "../../bindings";
import { firstGateways, firstLearned, firstRoutes, firstTokens, models, sandboxGateway, sandboxModels } from "./catalogue";
import { crowd, firstConversations } from "./conversations";
import { firstExchanges } from "./exchanges";
import { firstFolders, firstPrompts, firstServers } from "./library";

export type WorldOptions = {
  /** `lived-in` has samples of everything; `new` is the first run: a sandbox and nothing else. */
  scene?: "lived-in" | "new";
  vault?: Status["vault"]["state"];
  /** Why the data cannot be opened, until it can. */
  held?: Problem;
  /** Whether other computers may come in. */
  lan?: boolean;
  /** Milliseconds between two pieces of an answer. */
  pace?: number;
  /** So many more conversations. */
  crowd?: number;
  /** Whether the app died while an answer came. */
  crashed?: boolean;
};

export class World {
  readonly pace: number;
  readonly conversations = new Map<string, Conversation>();
  readonly listeners = new Set<(event: AppEvent) => void>();
  readonly secrets = new Set<string>();
  readonly attachments = new Map<string, Attachment>();
  /** What was typed in the place of messages, by their ids. */
  readonly edits = new Map<string, string>();
  /** Models that refuse whatever they are asked. */
  readonly refusing = new Set<string>();
  /** Titles that an import brought. */
  readonly imported = new Set<string>();
  /** What the system's dialog will be answered with; none: it is left. */
  chosenFile: string | null = "/home/you/Downloads/chatgpt-export.zip";
  folders: Folder[];
  prompts: Prompt[];
  servers: McpServer[];
  interrupted: InterruptedAnswer[] = [];
  draft: NewDraft = { text: "", attachments: [], settings: plainSettings };
  gateways: Gateway[];
  models: Model[];
  tokens: LocalToken[];
  routes: Route[];
  learned: Learned[];
  exchanges: Exchange[];
  settings: Settings = { theme: "system", defaultModel: null, relayPort: 4141, sendWithEnter: true, lan: false, hosts: [], allowedOrigins: [], socketPath: null, otlpEndpoint: null, otlpHeader: null, captureWindow: "off", metricsByModel: false, autoContinue: false, autoTitle: true, titleModel: null };
  status: Status;
  held: Problem | null;
  #next = 1;

  constructor(options: WorldOptions = {}) {
    const now = Date.now();
    const fresh = options.scene === "new";
    const vault = options.vault ?? "keychain";
    this.pace = options.pace ?? 45;
    this.held = options.held ?? null;
    this.gateways = fresh ? [sandboxGateway(now)] : firstGateways(now);
    this.models = fresh ? sandboxModels : models;
    this.tokens = fresh ? [] : firstTokens(now);
    this.routes = fresh ? [] : firstRoutes;
    this.learned = fresh ? [] : firstLearned(now);
    this.exchanges = fresh ? [] : firstExchanges(now);
    this.folders = fresh ? [] : firstFolders();
    this.prompts = fresh ? [] : firstPrompts();
    this.servers = fresh ? [] : firstServers();
    crowd(options.crowd ?? 0, now).forEach((one) => this.conversations.set(one.summary.id, one));
    if (!fresh) firstConversations(now).forEach((one) => this.conversations.set(one.summary.id, one));
    if (options.crashed) this.interrupted = [{ conversation: "c4", message: "c4-3", title: "What can go wrong", text: "The oldest one still in use stands in A Coruña: the Tower of Hercules, built by the Romans in the", model: "sandbox/sandbox-chat" }];
    this.status = {
      version: "0.1.0", dataDir: "/home/you/.local/share/nexdesk",
      relay: { state: "running", url: "http://127.0.0.1:4141/v1", lan: options.lan ?? false, lanUrl: options.lan ? "http://192.168.1.23:4141/v1" : null, socket: null, note: null },
      vault: { state: vault, sentence: vault === "missing" ? "This computer has no keychain that Nexdesk can reach, so keys cannot be kept yet." : null },
      streaming: 0, tokensPerSecond: 0, toolsToday: fresh ? 0 : 3,
      today: { requests: fresh ? 0 : 41, failed: fresh ? 0 : 2, cost: { nano: fresh ? 0 : 420_000_000, basis: "estimated" }, unpriced: fresh ? 0 : 3 },
      notices: fresh ? [] : [{ id: "n1", problem: { code: "port_in_use", fault: "you", message: "Port 4141 was taken for a moment at the start.", remedy: "The relay waited and has it now; nothing to do.", detail: null } }],
    };
  }

  id(prefix: string): string {
    return `${prefix}${this.#next++}-${Date.now().toString(36)}`;
  }

  emit(event: AppEvent): void {
    this.listeners.forEach((listener) => listener(event));
  }

  statusChanges(change: Partial<Status>): void {
    this.status = { ...this.status, ...change };
    this.emit({ type: "status", status: this.status });
  }

  streaming(by: number): void {
    const streaming = this.status.streaming + by;
    this.statusChanges({ streaming, tokensPerSecond: streaming * 59 });
  }

  gatewayName(id: string): string {
    return this.gateways.find((gateway) => gateway.id === id)?.name ?? id;
  }

  newConversation(text: string, model: string): Conversation {
    const title = text.trim().split("\n")[0]?.slice(0, 60) || "New chat";
    const summary = { id: this.id("c"), title, model, messages: 0, cost: { nano: 0, basis: "reported" as const }, updatedAt: Date.now(), streaming: true, folder: null, pinned: false, archived: false };
    const conversation: Conversation = { summary, messages: [], leaf: null, draft: "", draftAttachments: [], settings: this.draft.settings, queue: [], contextUsed: null, compaction: null };
    this.conversations.set(summary.id, conversation);
    return conversation;
  }

  exchangeBegins(model: string, { caller, door } = { caller: "window", door: "window" }): Exchange {
    const [gateway = "", name = ""] = model.split(/\/(.*)/);
    const row: Exchange = {
      id: this.id("e"), startedAt: Date.now(), caller, door, endpoint: "/v1/chat/completions", stream: true,
      modelAsked: name, modelAnswered: null, gateway: this.gatewayName(gateway), key: null, status: null, outcome: "running", code: null,
      tokens: { input: null, cached: null, output: null, reasoning: null, basis: "reported" }, cost: { nano: null, basis: "reported" },
      firstTokenMs: null, tookMs: null, attempts: [],
    };
    this.exchanges = [row, ...this.exchanges];
    this.emit({ type: "exchangeChanged", exchange: row });
    return row;
  }

  exchangeChanges(row: Exchange): void {
    this.exchanges = this.exchanges.map((one) => (one.id === row.id ? row : one));
    this.emit({ type: "exchangeChanged", exchange: row });
  }

  exchangeEnds(row: Exchange, state: Message["state"], message: Message): void {
    const failed = state === "failed";
    const outcome = failed ? "failed" : state === "stopped" ? "cancelled" : state === "interrupted" ? "interrupted" : "ok";
    const done: Exchange = {
      ...row, outcome, status: failed ? 401 : 200, code: message.problem?.code ?? null, modelAnswered: row.modelAsked, tookMs: Date.now() - row.startedAt,
      tokens: message.receipt?.tokens ?? row.tokens, cost: message.receipt?.cost ?? row.cost, firstTokenMs: message.receipt?.firstTokenMs ?? null,
      attempts: [{ gateway: row.gateway ?? "—", key: row.key, status: failed ? 401 : 200, code: message.problem?.code ?? null, tookMs: Date.now() - row.startedAt }],
    };
    this.exchangeChanges(done);
    const { today } = this.status;
    this.statusChanges({ today: { ...today, requests: today.requests + 1, failed: today.failed + (failed ? 1 : 0), cost: { ...today.cost, nano: (today.cost.nano ?? 0) + (done.cost.nano ?? 0) } } });
  }
}
