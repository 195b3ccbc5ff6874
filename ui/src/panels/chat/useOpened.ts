// The conversation on screen: read from the host, its branch laid out, and left again if it is gone.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import type { Conversation, Message } from "../../bindings";
import { useTalk } from "./talk";
import { pathTo } from "./tree";

const none: Message[] = [];

export function useOpened(id: string | null, branchAt: string | null, onGone: () => void) {
  const host = useHost();
  const talk = useTalk();
  const opened = useQuery({
    queryKey: keys.conversation(id ?? "new"),
    queryFn: () => host.openConversation(id ?? ""),
    enabled: id !== null,
    gcTime: 60_000, // megabytes each: what was left is read again
    // An answer that streams without a live channel here (the page was reloaded) is read again until it ends.
    refetchInterval: ({ state }) => (state.data?.messages.some((one) => one.state === "streaming" && !talk.answers.get(one.id)) ? 700 : false),
  });
  // The place is remembered longer than what was open there: a conversation that is gone is not a dead end.
  const gone = opened.error && asProblem(opened.error).code === "not_found";
  useEffect(() => {
    if (gone) onGone();
  }, [gone, onGone]);
  const conversation: Conversation | undefined = id === null ? undefined : opened.data;
  const messages = conversation?.messages ?? none;
  const leaf = conversation?.leaf ?? null;
  const whole = useMemo(() => pathTo(messages, leaf), [messages, leaf]);
  const cut = branchAt === null ? -1 : whole.findIndex((one) => one.id === branchAt);
  const path = useMemo(() => (cut < 0 ? whole : whole.slice(0, cut + 1)), [whole, cut]);
  return { conversation, messages, path, problem: id !== null && opened.error ? asProblem(opened.error) : null };
}
