// What the host tells unasked, laid into the cache: the panels only ever read the cache.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { AppEvent, Conversation, ConversationSummary, Exchange, ExchangePage } from "../bindings";
import type { Host } from "./host";
import { keys } from "./queries";

type Pages = InfiniteData<ExchangePage, string | null>;

/** A row that is known is replaced in place; a new one goes on top of the first page. */
export function withExchange(pages: Pages, exchange: Exchange): Pages {
  const known = pages.pages.some((page) => page.rows.some((row) => row.id === exchange.id));
  return {
    ...pages,
    pages: pages.pages.map((page, index) => {
      if (known) return { ...page, rows: page.rows.map((row) => (row.id === exchange.id ? exchange : row)) };
      const rows = index === 0 ? [exchange, ...page.rows] : page.rows;
      return { ...page, rows, total: page.total + 1 };
    }),
  };
}

export function withConversation(list: ConversationSummary[], changed: ConversationSummary): ConversationSummary[] {
  const others = list.filter((one) => one.id !== changed.id);
  return [...others, changed].sort((a, b) => b.updatedAt - a.updatedAt);
}

function take(event: AppEvent, client: QueryClient): void {
  switch (event.type) {
    case "status":
      client.setQueryData(keys.status, event.status);
      return;
    case "exchangeChanged":
      client.setQueryData<Pages>(keys.exchanges, (pages) => pages && withExchange(pages, event.exchange));
      if (event.exchange.outcome !== "running") void client.invalidateQueries({ queryKey: keys.tokens });
      return;
    case "conversationChanged":
      client.setQueryData<ConversationSummary[]>([...keys.conversations, null], (list) => list && withConversation(list, event.conversation));
      client.setQueryData<Conversation>(keys.conversation(event.conversation.id), (open) => open && { ...open, summary: event.conversation });
      return;
    case "conversationsChanged":
      void client.invalidateQueries({ queryKey: keys.conversations });
      void client.invalidateQueries({ queryKey: keys.folders });
      return;
    case "serversChanged":
      void client.invalidateQueries({ queryKey: keys.servers });
      return;
    case "gatewaysChanged":
      void client.invalidateQueries({ queryKey: keys.gateways });
      void client.invalidateQueries({ queryKey: keys.models });
      // Routes lead to gateways, and are among what changes with them.
      void client.invalidateQueries({ queryKey: keys.routes });
      void client.invalidateQueries({ queryKey: keys.previews });
      return;
  }
}

export function followEvents(host: Host, client: QueryClient): () => void {
  return host.onEvent((event) => take(event, client));
}
