// What more than one panel asks of the host, under one cache key each.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { InterruptedAnswer, Problem } from "../bindings";
import { useHost } from "./context";
import { asProblem } from "./problem";

export const keys = {
  status: ["status"],
  settings: ["settings"],
  models: ["models"],
  gateways: ["gateways"],
  presets: ["presets"],
  tokens: ["tokens"],
  conversations: ["conversations"],
  conversation: (id: string) => ["conversation", id],
  newDraft: ["newDraft"],
  interrupted: ["interrupted"],
  folders: ["folders"],
  found: (query: string) => ["found", query],
  prompts: ["prompts"],
  servers: ["servers"],
  offers: ["offers"],
  estimate: ["estimate"],
  exchanges: ["exchanges"],
  figures: ["figures"],
  routes: ["routes"],
  previews: ["preview"],
  preview: (model: string, token: string | null) => ["preview", model, token],
  learned: ["learned"],
  /** An exchange's details are whole when it has ended, so how it stands is part of the key. */
  bill: (exchange: string, outcome: string) => ["bill", exchange, outcome],
  captured: (exchange: string, outcome: string) => ["captured", exchange, outcome],
} as const;

const PAGE = 100;
const nothing: never[] = [];

export function useStatus() {
  const host = useHost();
  return useQuery({ queryKey: keys.status, queryFn: () => host.status() }).data;
}

/** Why there is no app behind the window, if so: without it no other question is answered either. */
export function useStartTrouble(): Problem | null {
  const host = useHost();
  const { data, error } = useQuery({ queryKey: keys.status, queryFn: () => host.status() });
  return error && !data ? asProblem(error) : null;
}

export function useSettings() {
  const host = useHost();
  return useQuery({ queryKey: keys.settings, queryFn: () => host.getSettings() }).data;
}

export function useModels() {
  const host = useHost();
  return useQuery({ queryKey: keys.models, queryFn: () => host.listModels() });
}

export function useGateways() {
  const host = useHost();
  return useQuery({ queryKey: keys.gateways, queryFn: () => host.listGateways() });
}

/** All of them, newest first, archived ones too; events keep them true. */
export function useConversations() {
  const host = useHost();
  return useQuery({ queryKey: [...keys.conversations, null], queryFn: () => host.listConversations(null) });
}

export function useFolders() {
  const host = useHost();
  return useQuery({ queryKey: keys.folders, queryFn: () => host.listFolders() }).data;
}

/** Full text, with `model:` and the like; an empty query finds nothing. */
export function useFound(query: string, limit: number) {
  const host = useHost();
  const wanted = query.trim();
  return useQuery({
    queryKey: keys.found(wanted),
    queryFn: () => host.search(wanted, limit),
    enabled: wanted !== "",
    placeholderData: (previous) => previous,
    gcTime: 30_000,
  });
}

export function usePrompts() {
  const host = useHost();
  return useQuery({ queryKey: keys.prompts, queryFn: () => host.listPrompts() }).data;
}

export function useServers() {
  const host = useHost();
  return useQuery({ queryKey: keys.servers, queryFn: () => host.listMcpServers() }).data;
}

/** What a crash left; undefined until it is known. Where it cannot be known, nothing was left. */
export function useInterrupted(): InterruptedAnswer[] | undefined {
  const host = useHost();
  const asked = useQuery({ queryKey: keys.interrupted, queryFn: () => host.interruptedAnswers(), staleTime: Infinity });
  return asked.isError ? nothing : asked.data;
}

export function useTokens() {
  const host = useHost();
  return useQuery({ queryKey: keys.tokens, queryFn: () => host.listTokens() });
}

/** The ledger's rows, newest first, a page at a time; events keep them true. */
export function useExchanges() {
  const host = useHost();
  const query = useInfiniteQuery({
    queryKey: keys.exchanges,
    queryFn: ({ pageParam }) => host.listExchanges(pageParam, PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchOnMount: "always",
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data]);
  return { ...query, rows, total: query.data?.pages[0]?.total ?? 0 };
}
