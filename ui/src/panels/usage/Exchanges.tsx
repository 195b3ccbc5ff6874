// The table of exchanges. Only the rows in view are drawn; reaching the end asks for older ones.
import { useVirtualizer } from "@tanstack/react-virtual";
import { Fragment, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exchange } from "../../bindings";
import { Th } from "../../primitives/Table";
import { Details, Row } from "./Row";
import { useNarrow } from "./useNarrow";

type Props = { rows: Exchange[]; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
const ROW = 41;

export function Exchanges({ rows, hasNextPage, isFetchingNextPage, fetchNextPage }: Props) {
  const { t } = useTranslation();
  const narrow = useNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  const openAt = rows.findIndex((row) => row.id === open);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= rows.length - 20) fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, lastShown, rows.length, fetchNextPage]);

  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <section className="card flex min-h-0 flex-col overflow-hidden" aria-label={t("usage.requests")}>
      <div ref={scroller} className="min-h-0 flex-1 overflow-auto [overflow-anchor:none]">
        <table className="w-full min-w-[900px] table-fixed border-separate border-spacing-0 text-s">
          <colgroup>
            <col className="w-[124px]" />
            <col className={narrow ? "w-[88px]" : "w-[11%]"} />
            <col />
            <col className={narrow ? undefined : "w-[17%]"} />
            <col className="w-[116px]" />
            <col className="w-[70px]" />
            {narrow ? null : <col className="w-[74px]" />}
            <col className="w-[62px]" />
            <col className="w-[98px]" />
            <col className="w-[84px]" />
            <col className="w-[72px]" />
          </colgroup>
          <thead className="sticky top-0 z-10 bg-panel">
            <tr>
              <Th>{t("usage.time")}</Th>
              <Th className="px-2.5!">{t("usage.caller")}</Th>
              <Th className="px-2.5!">{t("usage.model")}</Th>
              <Th className="px-2.5!">{t("usage.gatewayKey")}</Th>
              <Th className="px-2.5!">{t("usage.status")}</Th>
              <Th right className="px-2!">{t("usage.in")}</Th>
              {narrow ? null : (
                <Th right className="px-2!">
                  {t("usage.cached")}
                </Th>
              )}
              <Th right className="px-2!">{t("usage.out")}</Th>
              <Th right className="px-2!">{t("usage.cost")}</Th>
              <Th right className="px-2!">{t("usage.first")}</Th>
              <Th right className="pl-2!">{t("usage.took")}</Th>
            </tr>
          </thead>
          <tbody>
            {above > 0 ? <tr aria-hidden style={{ height: above }} /> : null}
            {shown.map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              const isOpen = item.index === openAt;
              return (
                <Fragment key={item.key}>
                  <Row row={row} narrow={narrow} open={isOpen} onToggle={() => setOpen(isOpen ? null : row.id)} />
                  {isOpen ? <Details row={row} columns={narrow ? 10 : 11} /> : null}
                </Fragment>
              );
            })}
            {below > 0 ? <tr aria-hidden style={{ height: below }} /> : null}
          </tbody>
        </table>
      </div>
    </section>
  );
}
