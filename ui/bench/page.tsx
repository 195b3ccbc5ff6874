// The window over a host that answers faster than any model, and the three measurements of the issue.
import "@fontsource-variable/jetbrains-mono";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { HostProvider } from "../src/host/context";
import type { Host } from "../src/host/host";
import { hostOf } from "../src/host/scripted";
import { message } from "../src/host/scripted/conversations";
import { World } from "../src/host/scripted/world";
import type { ChatEvent } from "../src/host/soon";
import "../src/i18n";
import { App } from "../src/shell/App";
import "../src/style/base.css";
import "../src/style/fonts.css";
import { hostileConversation, walk } from "./hostile";
import { scrollBy, throwAbout } from "./scroll";
import { showcase } from "./showcase";
import { answerOf, longConversation } from "./texts";
import { drawn, nextFrame, pause, watchMainThread } from "./watch";

const TOKENS_PER_SECOND = Number(new URLSearchParams(location.search).get("rate") ?? 2_000);
const CHARACTERS = Number(new URLSearchParams(location.search).get("characters") ?? 100_000);
const ROUNDS = Number(new URLSearchParams(location.search).get("rounds") ?? 3);
const SCROLLED = Number(new URLSearchParams(location.search).get("scrolled") ?? 2);
const TOKEN = 4;
const BATCH = 33;
const world = new World({ scene: "lived-in" });
const plain = hostOf(world);
const long = answerOf(CHARACTERS, new URLSearchParams(location.search).get("kinds")?.split(",").map(Number));

/** Batches as the app sends them: one each 33 ms, with as many tokens as have come since. */
function stream(onEvents: (events: ChatEvent[]) => void, onEnd: () => void): void {
  const began = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(long.length, Math.floor(((performance.now() - began) / 1000) * TOKENS_PER_SECOND) * TOKEN);
    const events: ChatEvent[] = [];
    for (; sent < due; sent += TOKEN) events.push({ type: "text", text: long.slice(sent, Math.min(sent + TOKEN, due)) });
    sent = due;
    onEvents(events);
    if (sent < long.length) return;
    clearInterval(timer);
    onEnd();
    onEvents([{ type: "ended", state: "complete", reasoningMs: null, receipt: null, problem: null }]);
  }, BATCH);
}

const host: Host = {
  ...plain,
  async sendMessage(ask, onEvents) {
    const conversation = ask.conversation ? world.conversations.get(ask.conversation) : undefined;
    const held = conversation ?? world.newConversation(ask.text, ask.model);
    const user = message({ id: world.id("m"), role: "user", parent: ask.parent, text: ask.text });
    const answer = message({ id: world.id("m"), role: "assistant", parent: user.id, model: ask.model, state: "streaming", createdAt: Date.now() + 1 });
    held.messages.push(user, answer);
    held.leaf = answer.id;
    stream(onEvents, () => Object.assign(answer, { state: "complete", text: long }));
    return structuredClone({ conversation: held.summary, user, answer, others: [] });
  },
};

const rows = () => [...document.querySelectorAll<HTMLElement>("[data-row]")];
const lastState = () => document.querySelectorAll<HTMLElement>("[data-testid=message-answer]").item(document.querySelectorAll("[data-testid=message-answer]").length - 1)?.dataset.state;

async function mark(name: string): Promise<number | null> {
  const answer = await fetch(`/mark?${name}`, { method: "POST" }).catch(() => null);
  return answer?.ok ? Number(await answer.text()) : null;
}

async function streaming() {
  location.hash = "#chat";
  await drawn(() => document.querySelector("[data-testid=composer]") !== null);
  await pause(1500);
  const quiet = watchMainThread();
  await pause(4000);
  const idle = quiet(); // what this machine takes by itself
  const field = document.querySelector<HTMLTextAreaElement>("[data-testid=composer]");
  if (!field) return null;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, "Write a long answer");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await nextFrame();
  document.querySelector<HTMLElement>("[data-testid=send]")?.click();
  await drawn(() => lastState() === "streaming");
  const held = watchMainThread();
  const began = performance.now();
  await drawn(() => lastState() === "complete", 120_000);
  const took = Math.round(performance.now() - began);
  await pause(1500); // what was left for later is part of it
  const scroller = document.querySelector("[data-testid=thread]");
  const atEnd = scroller ? scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 30 : false;
  return { characters: CHARACTERS, tokensPerSecond: TOKENS_PER_SECOND, took, atEnd, elements: document.querySelectorAll("*").length, ...held(), idle };
}

async function opening() {
  const times: number[] = [];
  const memory: (number | null)[] = [];
  const scrolls = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = 0; at < 10; at++) {
      location.hash = "#chat";
      await drawn(() => rows().length === 0);
      await pause(300);
      const began = performance.now();
      location.hash = `#chat/long${at}`;
      await drawn(() => rows().some((row) => row.dataset.row === `long${at}-999`) && document.querySelectorAll(".block-part").length > 0);
      times.push(Math.round(performance.now() - began));
      await pause(600);
      if (round === 0 && at < SCROLLED) scrolls.push({ up: await scrollBy(-400, 150), fast: await scrollBy(-2500, 60), down: await scrollBy(600, 60), thrown: await throwAbout(30) });
    }
    location.hash = "#chat";
    await pause(3000);
    memory.push(await mark(`round${round}`));
  }
  const sorted = [...times].sort((a, b) => a - b);
  return { messages: 1000, first: times[0], median: sorted[Math.floor(sorted.length / 2)], worst: sorted.at(-1), times, memoryMB: memory, scrolls };
}

async function hostile() {
  world.conversations.set("hostile", hostileConversation());
  location.hash = "#chat/hostile";
  await drawn(() => rows().length > 0);
  return walk();
}

async function run() {
  for (let at = 0; at < 10; at++) world.conversations.set(`long${at}`, longConversation(`long${at}`, 1000));
  await mark("start");
  const only = new URLSearchParams(location.search).get("only");
  const asked = (name: string) => only === null || only === name;
  const report = {
    engine: navigator.userAgent,
    streaming: asked("streaming") ? await streaming() : null,
    opening: asked("opening") ? await opening() : null,
    hostile: asked("hostile") ? await hostile() : null,
  };
  document.title = "done";
  Object.assign(window, { report });
  await fetch("/report", { method: "POST", body: JSON.stringify(report) }).catch(() => undefined);
}

const root = document.getElementById("root");
if (root) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } });
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <HostProvider host={host}>
        <App />
      </HostProvider>
    </QueryClientProvider>,
  );
  if (new URLSearchParams(location.search).has("show")) {
    world.conversations.set("show", showcase());
    if (!location.hash) location.hash = "#chat/show";
  } else void run();
}
