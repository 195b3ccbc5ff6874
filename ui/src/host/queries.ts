// What more than one panel asks of the host, under one cache key each.
import { useQuery } from "@tanstack/react-query";
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
} as const;

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
