// What more than one panel asks of the host, under one cache key each.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Problem } from "../bindings";
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

export function useConversations(search: string) {
  const host = useHost();
  const wanted = search.trim() || null;
  return useQuery({
    queryKey: [...keys.conversations, wanted],
    queryFn: () => host.listConversations(wanted),
    placeholderData: (previous) => previous,
  });
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
