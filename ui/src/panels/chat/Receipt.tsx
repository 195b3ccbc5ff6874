// What one answer cost and how fast it came, in one quiet line.
import { useTranslation } from "react-i18next";
import type { Receipt as Paid } from "../../bindings";
import { count, seconds, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { shortName } from "./models";

/** `asked` is "gateway/model"; where no gateway answered, that is all a receipt knows of the model. */
export function Receipt({ receipt, asked }: { receipt: Paid; asked: string | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { tokens, cost, key } = receipt;
  const about = tokens.basis === "estimated" ? "≈ " : "";
  return (
    <>
      <b className="font-medium text-ink">{receipt.model === asked ? shortName(asked) : receipt.model}</b>
      {receipt.gateway ? (
        <span>
          {receipt.gateway}
          {key ? ` · ${t("chat.receipt.key", { key })}` : ""}
        </span>
      ) : null}
      {tokens.input === null ? null : (
        <span>
          {about}
          {t("chat.receipt.in", { tokens: count(tokens.input, locale) })}
          {tokens.cached ? ` ${t("chat.receipt.cached", { tokens: count(tokens.cached, locale) })}` : ""}
        </span>
      )}
      {tokens.output === null ? null : (
        <span>
          {about}
          {t("chat.receipt.out", { tokens: count(tokens.output, locale) })}
          {tokens.reasoning ? ` ${t("chat.receipt.reasoning", { tokens: count(tokens.reasoning, locale) })}` : ""}
        </span>
      )}
      {cost.nano === null ? null : <Money nano={cost.nano} estimated={cost.basis === "estimated"} />}
      {receipt.firstTokenMs === null ? null : <span>{t("chat.receipt.first", { time: seconds(receipt.firstTokenMs, locale) })}</span>}
      {receipt.tokensPerSecond === null ? null : <span>{t("chat.receipt.speed", { rate: count(Math.round(receipt.tokensPerSecond), locale) })}</span>}
    </>
  );
}
