// How one budget stands. What is spent is partly worked out by us, so it is marked.
import { useTranslation } from "react-i18next";
import type { BudgetPeriod, LocalToken } from "../../bindings";
import { Money } from "../../primitives/Money";

export function Spent({ token, period }: { token: LocalToken; period: BudgetPeriod }) {
  const { t } = useTranslation();
  const budget = token.budgets.find((one) => one.period === period);
  if (!budget) return null;
  return (
    <>
      <Money nano={budget.spentNano} estimated /> {t("limits.spent")}
    </>
  );
}
