// An amount in nano-dollars; "≈" when it is only estimated.
import { useTranslation } from "react-i18next";
import { money, useLocale } from "./format";

export function Money({ nano, estimated: guessed = false }: { nano: number | null; estimated?: boolean }) {
  const estimated = guessed && nano !== 0; // nothing is nothing, however it was counted
  const { t } = useTranslation();
  const locale = useLocale();
  const title = nano === null ? t("money.unknown") : estimated ? t("money.estimated") : undefined;
  return (
    <span className="num" title={title}>
      {estimated && nano !== null ? "≈ " : ""}
      {money(nano, locale)}
    </span>
  );
}
