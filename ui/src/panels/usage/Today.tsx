// Today in three or four figures, each one counted, none guessed.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Exchange, Today as Figures } from "../../bindings";
import { count, seconds, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { medianFirstToken } from "./today";

export function Today({ today, rows }: { today: Figures; rows: Exchange[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const median = medianFirstToken(rows);
  const percent = today.requests ? Math.round((1000 * today.failed) / today.requests) / 10 : 0;
  return (
    <div className="grid shrink-0 grid-cols-4 gap-3">
      <Figure label={t("usage.spentToday")} note={today.unpriced ? t("usage.unpriced", { count: today.unpriced }) : today.requests ? t("usage.allPriced") : t("usage.noneYet")}>
        <Money nano={today.cost.nano} estimated={today.cost.basis === "estimated"} />
      </Figure>
      <Figure label={t("usage.requestsToday")} note={t("usage.bothDoors")}>
        {count(today.requests, locale)}
      </Figure>
      <Figure label={t("usage.failedToday")} note={today.requests ? t("usage.percent", { percent: count(percent, locale) }) : t("usage.noneYet")}>
        {count(today.failed, locale)}
      </Figure>
      <Figure label={t("usage.firstToken")} note={median.of ? t("usage.medianOf", { count: median.of }) : t("usage.noneYet")}>
        {seconds(median.milliseconds, locale)}
      </Figure>
    </div>
  );
}

function Figure({ label, note, children }: { label: string; note: string; children: ReactNode }) {
  return (
    <div className="card min-w-0 px-[15px] py-[13px]">
      <small className="block truncate text-s text-ink-2">{label}</small>
      <b className="num mt-[3px] block text-xl font-semibold tracking-[-.02em]">{children}</b>
      <small className="block truncate text-xs text-ink-2">{note}</small>
    </div>
  );
}
