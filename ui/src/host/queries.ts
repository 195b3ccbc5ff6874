// What more than one panel asks of the host, under one cache key each.
import { useQuery } from "@tanstack/react-query";
import { useHost } from "./context";

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
