// One request: every try, what it was charged by, and what passed, as far as that was kept.
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import type { Exchange } from "../../bindings";
import { useHost } from "../../host/context";
import { keys } from "../../host/queries";
import { outcomeTone, statusShown } from "../../parts/outcome";
import { Callout } from "../../primitives/Callout";
import { Drawer, DrawerBody } from "../../primitives/Drawer";
import { DASH, fullMoment, seconds, useLocale } from "../../primitives/format";
import { Pill } from "../../primitives/Pill";
import { Card } from "../../primitives/Table";
import { BillCard } from "./BillCard";
import { Kept } from "./Kept";

export function RequestDrawer({ row, onClose }: { row: Exchange; onClose: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const host = useHost();
  const captured = useQuery({ queryKey: keys.captured(row.id, row.outcome), queryFn: () => host.captured(row.id) }).data;
  const shown = statusShown(row);
  const facts: [string, ReactNode][] = [
    [t("relay.tool"), row.door === "window" ? t("usage.window") : row.caller],
    [t("usage.time"), fullMoment(row.startedAt, locale)],
    [t("usage.endpoint"), <code key="endpoint">{`${row.endpoint}${row.stream ? ` · ${t("usage.streamed")}` : ""}`}</code>],
    [t("usage.asked"), row.modelAsked ? <code key="asked">{row.modelAsked}</code> : DASH],
    [t("relay.answeredAs"), row.modelAnswered ? <code key="answered">{row.modelAnswered}</code> : DASH],
    [t("usage.first"), <span key="first" className="num">{seconds(row.firstTokenMs, locale)}</span>],
    [t("usage.took"), <span key="took" className="num">{seconds(row.tookMs, locale)}</span>],
    [t("relay.requestId"), <code key="id">{row.id}</code>],
  ];
  const note = (
    <Pill tone={outcomeTone(row)}>
      <span className="num">{shown ?? t(`usage.outcome.${row.outcome}`)}</span>
    </Pill>
  );
  return (
    <Drawer testid="request-drawer" onClose={onClose} title={row.modelAsked || row.endpoint} note={note} width={640}>
      <DrawerBody>
        {row.code ? <Callout tone={row.outcome === "ok" ? "warn" : "bad"} title={t(`problem.${row.code}`)} /> : null}
        <dl className="selectable grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 text-s">
          {facts.map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-ink-2">{label}</dt>
              <dd className="[overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
        </dl>
        <Tries row={row} />
        <BillCard row={row} />
        {captured?.request ? <Kept title={t("relay.request")} body={captured.request} /> : null}
        {captured?.response ? <Kept title={t("relay.response")} body={captured.response} /> : null}
        {captured && !captured.request && !captured.response ? <p className="text-s text-ink-2">{row.door === "window" ? t("relay.notKeptWindow") : t("relay.notKept")}</p> : null}
      </DrawerBody>
    </Drawer>
  );
}

function Tries({ row }: { row: Exchange }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Card title={t("relay.tries")}>
      {row.attempts.length ? (
        <ol className="selectable grid text-s">
          {row.attempts.map((attempt, index) => (
            <li key={index} data-testid="try" className="flex min-h-[38px] items-center gap-3 border-b border-line px-3.5 py-1.5 last:border-b-0">
              <span className="num w-4 shrink-0 text-ink-2">{index + 1}</span>
              <span className="shrink-0">{[attempt.gateway, attempt.key].filter(Boolean).join(" · ")}</span>
              <span className={clsx("num shrink-0", attempt.code ? "text-bad" : "text-ok")}>{attempt.status ?? DASH}</span>
              <span className="min-w-0 flex-1 truncate text-ink-2">{attempt.code ? t(`problem.${attempt.code}`) : null}</span>
              <span className="num shrink-0 text-ink-2">{seconds(attempt.tookMs, locale)}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="px-3.5 py-3 text-s text-ink-2">{row.outcome === "running" ? t("usage.stillRunning") : t("usage.noAttempt")}</p>
      )}
    </Card>
  );
}
