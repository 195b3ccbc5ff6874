// What a check found: how fast and how many models, or a sentence about what is wrong.
import { useTranslation } from "react-i18next";
import type { KeyCheck } from "../../bindings";
import { Callout } from "../../primitives/Callout";
import { count, useLocale } from "../../primitives/format";

export function CheckResult({ check }: { check: KeyCheck }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (!check.ok) return <Callout role="alert" testid="check-result" tone="bad" title={check.problem?.message ?? t("keys.checkFailed")} text={check.problem?.remedy} />;
  const parts = [
    check.latencyMs === null ? null : t("keys.answeredIn", { time: count(check.latencyMs, locale) }),
    check.models === null ? null : t("keys.countModels", { count: check.models }),
  ];
  return <Callout role="status" testid="check-result" tone="ok" title={t("keys.works")} text={parts.filter(Boolean).join(" · ")} />;
}
