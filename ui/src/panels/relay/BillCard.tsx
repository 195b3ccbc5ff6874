// What a request cost and why: each count beside the price that was stored with it.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BillLine, Exchange } from "../../bindings";
import { useHost } from "../../host/context";
import { keys } from "../../host/queries";
import { count, DASH, money, price, seconds, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { Card, Table, Td } from "../../primitives/Table";

const PIECES = new Set(["pictures", "seconds", "requests"]);

export function BillCard({ row }: { row: Exchange }) {
  const { t } = useTranslation();
  const host = useHost();
  const bill = useQuery({ queryKey: keys.bill(row.id, row.outcome), queryFn: () => host.bill(row.id) }).data;
  const { cost } = row;
  const basis = cost.nano === null ? "unknown" : cost.basis;
  return (
    <Card
      title={t("usage.cost")}
      note={row.outcome === "running" ? t("usage.stillRunning") : t(`relay.basis.${basis}`)}
      action={
        <b className="num pr-1.5 font-semibold" data-testid="bill-cost">
          <Money nano={cost.nano} estimated={cost.basis === "estimated"} />
        </b>
      }
    >
      {bill?.lines.length ? (
        <Table className="selectable">
          <tbody>
            {bill.lines.map((line) => (
              <Line key={line.what} line={line} estimated={row.tokens.basis === "estimated"} />
            ))}
          </tbody>
        </Table>
      ) : null}
      {bill ? <p className="border-t border-line px-3.5 py-2 text-s text-ink-2">{bill.source ? t(`relay.priceFrom.${bill.source}`) : t("relay.priceFrom.none")}</p> : null}
    </Card>
  );
}

function Line({ line, estimated }: { line: BillLine; estimated: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { what, count: counted, nano } = line;
  const amount = what === "seconds" ? seconds(counted, locale) : count(counted, locale);
  const each = nano === null ? DASH : PIECES.has(what) ? t("relay.perPiece", { price: money(nano, locale) }) : t("relay.perMillion", { price: price(nano, locale) });
  return (
    <tr>
      <Td>{t(`relay.billed.${what}`)}</Td>
      <Td right>{estimated && counted ? `≈ ${amount}` : amount}</Td>
      <Td right className="text-ink-2">{each}</Td>
    </tr>
  );
}
