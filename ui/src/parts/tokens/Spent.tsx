// How much of a budget is spent. Partly that is worked out by us, so it is marked.
import { useTranslation } from "react-i18next";
import type { TokenBudget } from "../../bindings";
import { Money } from "../../primitives/Money";

export function Spent({ budget }: { budget: TokenBudget }) {
  const { t } = useTranslation();
  return (
    <>
      <Money nano={budget.spentNano} estimated /> {t("limits.spent")}
    </>
  );
}
