// The window's host: the generated commands, streams through a Channel, events by listening.
import { Channel, invoke } from "@tauri-apps/api/core";
import { commands, events } from "../bindings";
import type { AppEvent } from "./soon";
import type { Host, OnEvents } from "./host";

function channel<T>(onEvents: (events: T) => void): Channel<T> {
  const open = new Channel<T>();
  open.onmessage = onEvents;
  return open;
}

/** Each by its name in Rust, until the bindings have them all. */
const soon: Omit<Host, keyof typeof commands | "onEvent"> & Pick<Host, "listConversations" | "openConversation" | "renameConversation" | "restoreConversation" | "saveDraft" | "newDraft" | "getSettings" | "saveSettings"> = {
  listConversations: (search) => invoke("list_conversations", { search }),
  openConversation: (id) => invoke("open_conversation", { id }),
  renameConversation: (id, title) => invoke("rename_conversation", { id, title }),
  restoreConversation: (id) => invoke("restore_conversation", { id }),
  saveDraft: (conversation, text, attachments) => invoke("save_draft", { conversation, text, attachments }),
  newDraft: () => invoke("new_draft"),
  getSettings: () => invoke("get_settings"),
  saveSettings: (settings) => invoke("save_settings", { settings }),
  forkConversation: (message) => invoke("fork_conversation", { message }),
  deleteMessage: (id) => invoke("delete_message", { id }),
  restoreMessage: (id) => invoke("restore_message", { id }),
  queueMessage: (ask) => invoke("queue_message", { ask }),
  unqueueMessage: (id) => invoke("unqueue_message", { id }),
  pickAnswer: (message) => invoke("pick_answer", { message }),
  saveConversationSettings: (conversation, settings) => invoke("save_conversation_settings", { conversation, settings }),
  compactConversation: (id, model) => invoke("compact_conversation", { id, model }),
  undoCompaction: (id) => invoke("undo_compaction", { id }),
  interruptedAnswers: () => invoke("interrupted_answers"),
  dismissInterrupted: () => invoke("dismiss_interrupted"),
  answerToolCall: (message, call, how) => invoke("answer_tool_call", { message, call, how }),
  estimateSend: (ask) => invoke("estimate_send", { ask }),
  // Raw bytes: as JSON a picture would be four times its size.
  attachFile: (name, mime, bytes) => invoke("attach_file", bytes, { headers: { "x-name": encodeURIComponent(name), "x-mime": mime } }),
  attachPath: (path) => invoke("attach_path", { path }),
  dropAttachment: (id) => invoke("drop_attachment", { id }),
  takeScreenshot: () => invoke("take_screenshot"),
  search: (query, limit) => invoke("search", { query, limit }),
  listFolders: () => invoke("list_folders"),
  saveFolder: (folder) => invoke("save_folder", { folder }),
  deleteFolder: (id) => invoke("delete_folder", { id }),
  moveConversation: (id, folder) => invoke("move_conversation", { id, folder }),
  pinConversation: (id, pinned) => invoke("pin_conversation", { id, pinned }),
  archiveConversation: (id, archived) => invoke("archive_conversation", { id, archived }),
  listPrompts: () => invoke("list_prompts"),
  savePrompt: (prompt) => invoke("save_prompt", { prompt }),
  deletePrompt: (id) => invoke("delete_prompt", { id }),
  listMcpServers: () => invoke("list_mcp_servers"),
  saveMcpServer: (ask) => invoke("save_mcp_server", { ask }),
  deleteMcpServer: (id) => invoke("delete_mcp_server", { id }),
  restartMcpServer: (id) => invoke("restart_mcp_server", { id }),
  readMcpJson: (text) => invoke("read_mcp_json", { text }),
  mcpCatalogue: () => invoke("mcp_catalogue"),
  setToolPermission: (server, tool, permission) => invoke("set_tool_permission", { server, tool, permission }),
  exportConversation: (id, format) => invoke("export_conversation", { id, format }),
  printConversation: (id) => invoke("print_conversation", { id }),
  chooseImport: () => invoke("choose_import"),
  readImport: (path) => invoke("read_import", { path }),
  runImport: (path) => invoke("run_import", { path }),
};

const streamed = (name: string, ask: Record<string, unknown>, onEvents: OnEvents) => invoke<never>(name, { ...ask, events: channel(onEvents) });

export const tauriHost: Host = {
  ...commands,
  ...soon,
  sendMessage: (ask, onEvents) => streamed("send_message", { ask }, onEvents),
  retryAnswer: (answer, model, onEvents) => streamed("retry_answer", { answer, model }, onEvents),
  continueAnswer: (answer, onEvents) => streamed("continue_answer", { answer }, onEvents),
  onEvent(listener) {
    const stop = events.heard.listen((event) => listener(event.payload as AppEvent));
    return () => void stop.then((unlisten) => unlisten());
  },
};
