// One exchange: the line, and under it every attempt that was made.
import { ChevronRight } from "lucide-react";
import { clsx } from "clsx";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Exchange } from "../../bindings";
import { count, DASH, fullMoment, moment, seconds, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { Pill } from "../../primitives/Pill";
import { Td } from "../../primitives/Table";
import { outcomeTone, statusShown } from "../../parts/outcome";

type Props = { row: Exchange; narrow: boolean; open: boolean; onToggle: () => void };

export const Row = memo(function Row({ row, narrow, open, onToggle }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [now] = useState(() => Date.now());
  const { tokens, cost } = row;
  const about = tokens.basis === "estimated" ? "≈ " : "";
  const number = (value: number | null) => (value === null ? DASH : about + count(value, locale));
  const clip = "overflow-hidden px-2.5! text-ellipsis";
  const caller = row.door === "window" ? t("usage.window") : row.caller;
  const where = [row.gateway, row.key].filter(Boolean).join(" · ") || DASH;
  return (
    <tr
      data-testid="usage-row"
      data-outcome={row.outcome}
      tabIndex={0}
      aria-expanded={open}
      onClick={onToggle}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onToggle();
      }}
      className={clsx("h-[41px] hover:bg-hover focus-visible:outline-offset-[-2px]", open && "bg-hover")}
    >
      <Td className="overflow-hidden" title={fullMoment(row.startedAt, locale)}>
        <span className="num inline-flex items-center gap-1.5">
          <ChevronRight aria-hidden className={clsx("-ml-1 size-3 shrink-0 text-ink-3", open && "rotate-90")} />
          {moment(row.startedAt, now, locale)}
        </span>
      </Td>
      <Td className={clip} title={caller}>
        {caller}
      </Td>
      <Td className={clip} title={row.modelAnswered ?? row.modelAsked}>
        <code>{row.modelAnswered ?? row.modelAsked}</code>
      </Td>
      <Td className={clip} title={where}>
        {where}
      </Td>
      <Td className="px-2.5!">
        <Status row={row} />
      </Td>
      <Td right className="px-2!">{number(tokens.input)}</Td>
      {narrow ? null : (
        <Td right className="px-2!">
          {number(tokens.cached)}
        </Td>
      )}
      <Td right className="px-2!">{number(tokens.output)}</Td>
      <Td right className="px-2!">
        <Money nano={cost.nano} estimated={cost.basis === "estimated"} />
      </Td>
      <Td right className="px-2!">{seconds(row.firstTokenMs, locale)}</Td>
      <Td right className="pl-2!">{seconds(row.tookMs, locale)}</Td>
    </tr>
  );
});

function Status({ row }: { row: Exchange }) {
  const { t } = useTranslation();
  const shown = statusShown(row);
  return (
    <span className="inline-flex items-center gap-1.5">
      <Pill tone={outcomeTone(row)} title={row.code ? t(`problem.${row.code}`) : undefined}>
        <span className="num">{shown ?? t(`usage.outcome.${row.outcome}`)}</span>
      </Pill>
      {row.attempts.length > 1 ? <small className="num text-xs text-ink-2">{t("usage.tries", { count: row.attempts.length })}</small> : null}
    </span>
  );
}

export function Details({ row, columns }: { row: Exchange; columns: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const facts: [string, string][] = [
    [t("usage.endpoint"), `${row.endpoint}${row.stream ? ` · ${t("usage.streamed")}` : ""}`],
    [t("usage.asked"), row.modelAsked],
    [t("usage.cachedTokens"), count(row.tokens.cached, locale)],
    [t("usage.reasoning"), count(row.tokens.reasoning, locale)],
  ];
  return (
    <tr data-testid="usage-details">
      <td colSpan={columns} className="selectable border-b border-line bg-bg px-[30px] py-3 text-s">
        <div className="flex flex-wrap gap-x-8 gap-y-1">
          {facts.map(([label, value]) => (
            <span key={label}>
              <span className="text-ink-2">{label} </span>
              <code>{value}</code>
            </span>
          ))}
        </div>
        {row.code ? <p className="mt-1.5 text-bad">{t(`problem.${row.code}`)} <code>{row.code}</code></p> : null}
        {row.attempts.length ? (
          <ol className="mt-2 grid gap-1">
            {row.attempts.map((attempt, index) => (
              <li key={index} className="num flex items-center gap-3">
                <span className="w-16 text-ink-2">{t("usage.attempt", { n: index + 1 })}</span>
                <span>{[attempt.gateway, attempt.key].filter(Boolean).join(" · ")}</span>
                <span className={attempt.code ? "text-bad" : "text-ok"}>{attempt.status ?? DASH}</span>
                {attempt.code ? <span className="text-ink-2">{t(`problem.${attempt.code}`)}</span> : null}
                <span className="text-ink-2">{seconds(attempt.tookMs, locale)}</span>
              </li>
            ))}
          </ol>
        ) : (
          <p className="mt-2 text-ink-2">{row.outcome === "running" ? t("usage.stillRunning") : t("usage.noAttempt")}</p>
        )}
      </td>
    </tr>
  );
}
