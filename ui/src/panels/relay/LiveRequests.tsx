// What passes through: a line appears as a request begins and fills in as it ends. Newest first.
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exchange } from "../../bindings";
import { outcomeTone } from "../../parts/outcome";
import { Button } from "../../primitives/Button";
import { count, DASH, fullMoment, moment, seconds, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { Pill } from "../../primitives/Pill";
import { Card, Table, Td, Th } from "../../primitives/Table";
import { after, live, statusWord } from "./live";

type Props = { rows: Exchange[]; total: number; onChoose: (id: string) => void; onUsage: () => void };

export function LiveRequests({ rows, total, onChoose, onUsage }: Props) {
  const { t } = useTranslation();
  const shown = live(rows);
  const all = total > shown.length ? (
    <Button look="ghost" onClick={onUsage}>
      {t("relay.allInUsage")}
    </Button>
  ) : null;
  if (!shown.length) {
    return (
      <Card title={t("relay.live")}>
        <p className="px-3.5 py-8 text-center text-ink-2">{t("relay.nothingYet")}</p>
      </Card>
    );
  }
  return (
    <Card title={t("relay.live")} note={t("relay.liveNote")} action={all}>
      <div className="overflow-x-auto">
        <Table className="min-w-[880px] table-fixed">
          <colgroup>
            <col className="w-[78px]" />
            <col className="w-[10.5%]" />
            <col className="w-[14.5%]" />
            <col />
            <col className="w-[136px] max-[1100px]:w-[102px]" />
            <col className="w-[68px] max-[1100px]:w-[62px]" />
            <col className="w-[60px] max-[1100px]:w-[50px]" />
            <col className="w-[88px] max-[1100px]:w-[84px]" />
            <col className="w-[80px]" />
            <col className="w-[76px] max-[1100px]:w-[68px]" />
          </colgroup>
          <thead>
            <tr>
              <Th>{t("usage.time")}</Th>
              <Th className="px-2.5!">{t("relay.tool")}</Th>
              <Th className="px-2.5!">{t("usage.asked")}</Th>
              <Th className="px-2.5!">{t("relay.answeredBy")}</Th>
              <Th className="px-2.5!">{t("usage.status")}</Th>
              <Th right className="px-2!">{t("usage.in")}</Th>
              <Th right className="px-2!">{t("usage.out")}</Th>
              <Th right className="px-2!">{t("usage.cost")}</Th>
              <Th right className="px-2!">{t("usage.first")}</Th>
              <Th right className="pl-2!">{t("usage.took")}</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Line key={row.id} row={row} onChoose={onChoose} />
            ))}
          </tbody>
        </Table>
      </div>
    </Card>
  );
}

const Line = memo(function Line({ row, onChoose }: { row: Exchange; onChoose: (id: string) => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [now] = useState(() => Date.now());
  const { tokens, cost } = row;
  const number = (value: number | null) => (value === null ? DASH : (tokens.basis === "estimated" && value ? "≈ " : "") + count(value, locale));
  const failed = after(row);
  const word = statusWord(row);
  const who = row.door === "window" ? t("usage.window") : row.caller;
  const where = [row.gateway, row.key].filter(Boolean).join(" · ") || DASH;
  const status = row.outcome === "ok" || row.outcome === "failed" ? row.status : null;
  return (
    <tr
      data-testid="live-row"
      data-outcome={row.outcome}
      tabIndex={0}
      aria-haspopup="dialog"
      onClick={() => onChoose(row.id)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onChoose(row.id);
      }}
      className="h-[41px] hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <Td className="num pr-0!" title={fullMoment(row.startedAt, locale)}>{moment(row.startedAt, now, locale)}</Td>
      <Td className="truncate px-2.5!" title={who}>{who}</Td>
      <Td className="truncate px-2.5!" title={row.modelAsked}>
        <code>{row.modelAsked || DASH}</code>
      </Td>
      <Td className="truncate px-2.5! max-[1100px]:py-1" title={row.attempts.map((one) => [one.gateway, one.key, one.status ?? (one.code ? t(`problem.${one.code}`) : null)].filter(Boolean).join(" · ")).join("\n") || where}>
        {where}
        {failed ? (
          // Too narrow for one line, it gets its own: how an answer came about must not be cut off.
          <span className="text-ink-2 max-[1100px]:block max-[1100px]:text-xs max-[1100px]:leading-[1.2]">
            {" "}
            {failed.tries > 1 ? t("relay.afterTries", { count: failed.tries }) : t("relay.after", { what: failed.status ?? t("relay.noAnswer"), where: failed.where })}
          </span>
        ) : null}
      </Td>
      <Td className="px-2.5!">
        <Pill tone={outcomeTone(row)} title={row.code ? t(`problem.${row.code}`) : undefined}>
          <span className="num">{status ?? (row.outcome === "running" && !row.stream ? t("relay.underWay") : t(`usage.outcome.${row.outcome}`))}</span>
          {status !== null && word ? <span className="max-[1100px]:hidden">{t(`relay.word.${word}`)}</span> : null}
        </Pill>
      </Td>
      <Td right className="px-2!">{number(tokens.input)}</Td>
      <Td right className="px-2!">{number(tokens.output)}</Td>
      <Td right className="px-2!">
        <Money nano={cost.nano} estimated={cost.basis === "estimated"} />
      </Td>
      <Td right className="px-2!">{seconds(row.firstTokenMs, locale)}</Td>
      <Td right className="pl-2!">{seconds(row.tookMs, locale)}</Td>
    </tr>
  );
});
