// What a local token may do, and how much of it is used. Budgets first: they stop requests.
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LocalToken, TokenBudget } from "../../bindings";
import type { Endpoint } from "../../parts/endpoints";
import { LimitsForm } from "../../parts/tokens/LimitsForm";
import { Button } from "../../primitives/Button";
import { Drawer } from "../../primitives/Drawer";
import { count, fullMoment, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { Card } from "../../primitives/Table";

export function LimitsCard({ token }: { token: LocalToken }) {
  const { t } = useTranslation();
  const [changing, setChanging] = useState(false);
  const locale = useLocale();
  const { limits, budgets } = token;
  const rates = [
    limits.rpm === null ? null : t("keys.limit.rpm", { count: limits.rpm, shown: count(limits.rpm, locale) }),
    limits.tpm === null ? null : t("keys.limit.tpm", { count: limits.tpm, shown: count(limits.tpm, locale) }),
    limits.concurrency === null ? null : t("keys.limit.concurrency", { count: limits.concurrency, shown: count(limits.concurrency, locale) }),
  ].filter((one) => one !== null);
  const rows: [string, ReactNode][] = budgets.map((budget) => [t(`keys.limit.${budget.period}`), <Budget key={budget.period} budget={budget} zone={token.zone} />]);
  if (budgets.length && limits.unpriced === "allow") rows.push([t("keys.limit.unpriced"), t("keys.limit.unpricedAllowed")]);
  if (limits.models.length) rows.push([t("keys.models"), <code key="models">{limits.models.join(", ")}</code>]);
  if (limits.endpoints.length) rows.push([t("keys.limit.endpoints"), limits.endpoints.map((one) => t(`endpoint.${one as Endpoint}`)).join(", ")]);
  if (rates.length) rows.push([t("keys.limit.rates"), rates.join(" · ")]);
  if (limits.capture !== "off") rows.push([t("limits.capture"), t(`limits.captureIs.${limits.capture}`)]);
  if (limits.expiresAt !== null) rows.push([t("keys.limit.expires"), fullMoment(limits.expiresAt, locale)]);
  return (
    <Card
      title={t("keys.limits")}
      note={t("keys.limitsNote")}
      action={
        <Button data-testid="limits-change" onClick={() => setChanging(true)}>
          {t("limits.change")}
        </Button>
      }
    >
      {rows.length ? (
        <dl data-testid="token-limits" className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2 p-3.5">
          {rows.map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-ink-2">{label}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className="p-3.5 text-ink-2">{t("keys.noLimits")}</p>
      )}
      {changing ? (
        <Drawer onClose={() => setChanging(false)} title={t("limits.title", { name: token.name })} width={600}>
          <LimitsForm token={token} onDone={() => setChanging(false)} />
        </Drawer>
      ) : null}
    </Card>
  );
}

/** What is spent is partly worked out by us, so it is marked; what is set aside is no expense yet. */
function Budget({ budget, zone }: { budget: TokenBudget; zone: string | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <>
      <Money nano={budget.spentNano} estimated /> {t("keys.limit.of")} <Money nano={budget.limitNano} />
      <small className="ml-2 text-s text-ink-2">
        {budget.reservedNano > 0 ? (
          <>
            {t("keys.limit.reserved")} <Money nano={budget.reservedNano} />
            {budget.until === null ? "" : " · "}
          </>
        ) : null}
        {budget.until === null ? "" : t("keys.limit.until", { when: fullMoment(budget.until, locale), zone: zone ?? t("keys.limit.here") })}
      </small>
    </>
  );
}
