// What a local token may do, to be typed: money first, then speed, then what it may ask and until when.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BudgetPeriod, LocalToken, TokenLimits } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import { inWords } from "../problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { Chips } from "../../primitives/Chips";
import { DrawerBody, DrawerFoot } from "../../primitives/Drawer";
import { Field } from "../../primitives/Field";
import { Segmented } from "../../primitives/Segmented";
import { endpoints } from "../endpoints";
import { countOf, dollarsOf, endOfDay, lastDayOf, nanoOf, patternsOf } from "./amounts";
import { Spent } from "./Spent";

const periods: BudgetPeriod[] = ["day", "month", "total"];
const rates = ["rpm", "tpm", "concurrency"] as const;

function typedFrom(limits: TokenLimits) {
  const shown = (value: number | null) => (value === null ? "" : String(value));
  return {
    day: dollarsOf(limits.dayNano), month: dollarsOf(limits.monthNano), total: dollarsOf(limits.totalNano),
    rpm: shown(limits.rpm), tpm: shown(limits.tpm), concurrency: shown(limits.concurrency),
    models: limits.models.join(", "), expires: lastDayOf(limits.expiresAt),
    endpoints: limits.endpoints, unpriced: limits.unpriced, capture: limits.capture,
  };
}

type Typed = ReturnType<typeof typedFrom>;

/** Undefined where something typed cannot be read. */
function limitsFrom(typed: Typed, old: TokenLimits): TokenLimits | undefined {
  const [day, month, total] = [nanoOf(typed.day), nanoOf(typed.month), nanoOf(typed.total)];
  const [rpm, tpm, concurrency] = [countOf(typed.rpm), countOf(typed.tpm), countOf(typed.concurrency)];
  // A moment set at a terminal is finer than a day; it stays unless another day is typed.
  const expires = typed.expires === lastDayOf(old.expiresAt) ? old.expiresAt : endOfDay(typed.expires);
  if (day === undefined || month === undefined || total === undefined || expires === undefined) return undefined;
  if (rpm === undefined || tpm === undefined || concurrency === undefined) return undefined;
  return {
    models: patternsOf(typed.models), endpoints: typed.endpoints, rpm, tpm, concurrency,
    dayNano: day, monthNano: month, totalNano: total, unpriced: typed.unpriced, expiresAt: expires, capture: typed.capture,
  };
}

type Props = { token: LocalToken; onDone: () => void; children?: ReactNode };

export function LimitsForm({ token, onDone, children }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const [typed, setTyped] = useState(() => typedFrom(token.limits));
  const set = (change: Partial<Typed>) => setTyped((before) => ({ ...before, ...change }));
  const limits = limitsFrom(typed, token.limits);
  const save = useMutation({
    mutationFn: (wanted: TokenLimits) => host.setTokenLimits(token.id, wanted),
    onSuccess: () => {
      onDone();
      return client.invalidateQueries({ queryKey: keys.tokens });
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const hasBudget = periods.some((period) => typed[period].trim());
  const spentOf = (period: BudgetPeriod) => {
    const budget = token.budgets.find((one) => one.period === period);
    return budget ? <Spent budget={budget} /> : undefined;
  };
  const amount = (period: BudgetPeriod) => (nanoOf(typed[period]) === undefined ? t("limits.noAmount") : null);
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (limits) save.mutate(limits);
      }}
    >
      <DrawerBody>
        {children}
        <Part title={t("limits.budget")} note={t("limits.budgetNote")}>
          <div className="grid grid-cols-3 items-start gap-3">
            {periods.map((period) => (
              <Field
                key={period}
                label={t(`limits.${period}`)}
                inputMode="decimal"
                data-testid={`limit-${period}`}
                className="num"
                placeholder={t("limits.none")}
                value={typed[period]}
                onChange={(event) => set({ [period]: event.target.value })}
                error={amount(period)}
                hint={spentOf(period)}
              />
            ))}
          </div>
          {hasBudget ? (
            <Choice label={t("limits.unpriced")} note={t(`limits.unpricedNote.${typed.unpriced}`)}>
              <Segmented label={t("limits.unpriced")} value={typed.unpriced} onChange={(unpriced) => set({ unpriced })} options={(["refuse", "allow"] as const).map((value) => ({ value, label: t(`limits.unpricedIs.${value}`) }))} />
            </Choice>
          ) : null}
        </Part>
        <Part title={t("limits.speed")}>
          <div className="grid grid-cols-3 items-start gap-3">
            {rates.map((rate) => (
              <Field
                key={rate}
                label={t(`limits.${rate}`)}
                inputMode="numeric"
                data-testid={`limit-${rate}`}
                className="num"
                placeholder={t("limits.none")}
                value={typed[rate]}
                onChange={(event) => set({ [rate]: event.target.value })}
                error={countOf(typed[rate]) === undefined ? t("limits.noCount") : null}
              />
            ))}
          </div>
        </Part>
        <Part title={t("limits.asks")}>
          <Field label={t("limits.models")} mono data-testid="limit-models" placeholder={t("limits.everyModel")} value={typed.models} onChange={(event) => set({ models: event.target.value })} hint={t("limits.modelsHint")} />
          <div className="grid gap-1.5">
            <span className="text-s text-ink-2">{t("limits.endpoints")}</span>
            <Chips label={t("limits.endpoints")} values={typed.endpoints} onChange={(chosen) => set({ endpoints: endpoints.filter((one) => chosen.includes(one)) })} options={endpoints.map((value) => ({ value, label: t(`endpoint.${value}`) }))} />
            <p className="text-xs text-ink-2">{typed.endpoints.length ? t("limits.onlyThese") : t("limits.everyEndpoint")}</p>
          </div>
          <Field
            label={t("limits.expires")}
            data-testid="limit-expires"
            className="num max-w-[170px]"
            placeholder="2026-12-31"
            value={typed.expires}
            onChange={(event) => set({ expires: event.target.value })}
            error={typed.expires !== lastDayOf(token.limits.expiresAt) && endOfDay(typed.expires) === undefined ? t("limits.noDate") : null}
            hint={t("limits.expiresHint")}
          />
        </Part>
        <Part title={t("limits.capture")} note={t(`limits.captureNote.${typed.capture}`)}>
          <Segmented label={t("limits.capture")} value={typed.capture} onChange={(capture) => set({ capture })} options={(["off", "errors", "all"] as const).map((value) => ({ value, label: t(`limits.captureIs.${value}`) }))} />
        </Part>
      </DrawerBody>
      {problem ? (
        <div className="px-5 pb-3">
          <Callout role="alert" tone="bad" title={inWords(problem).message} text={inWords(problem).remedy} />
        </div>
      ) : null}
      <DrawerFoot>
        <Button onClick={onDone}>{t("common.cancel")}</Button>
        <Button look="primary" type="submit" data-testid="limits-save" disabled={!limits || save.isPending}>
          {t("common.save")}
        </Button>
      </DrawerFoot>
    </form>
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3" aria-label={title}>
      <header>
        <h3 className="font-semibold">{title}</h3>
        {note ? <p className="text-s text-ink-2">{note}</p> : null}
      </header>
      {children}
    </section>
  );
}

function Choice({ label, note, children }: { label: string; note: string; children: ReactNode }) {
  return (
    <div className="grid gap-1.5">
      <span className="text-s text-ink-2">{label}</span>
      {children}
      <p className="text-xs text-ink-2">{note}</p>
    </div>
  );
}
