// The window's host: the generated commands, streams through a Channel, events by listening.
import { Channel, invoke } from "@tauri-apps/api/core";
import { type ChatEvent, commands, events } from "../bindings";
import type { Host } from "./host";

function channel(onEvents: (events: ChatEvent[]) => void): Channel<ChatEvent[]> {
  const open = new Channel<ChatEvent[]>();
  open.onmessage = onEvents;
  return open;
}

const { sendMessage, retryAnswer, continueAnswer, ...plain } = commands;

export const tauriHost: Host = {
  ...plain,
  sendMessage: (ask, onEvents) => sendMessage(ask, channel(onEvents)),
  retryAnswer: (answer, model, onEvents) => retryAnswer(answer, model, channel(onEvents)),
  continueAnswer: (answer, onEvents) => continueAnswer(answer, channel(onEvents)),
  // Raw bytes: as JSON a picture would be four times its size.
  attachFile: (name, mime, bytes) => invoke("attach_file", bytes, { headers: { "x-name": encodeURIComponent(name), "x-mime": mime } }),
  onEvent(listener) {
    const stop = events.heard.listen((event) => listener(event.payload));
    return () => void stop.then((unlisten) => unlisten());
  },
};
