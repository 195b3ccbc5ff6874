// The ledger's rows, newest first, a page at a time; events keep them true.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useHost } from "../../host/context";
import { keys } from "../../host/queries";

const PAGE = 100;

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
