// A number that may be left to the model. What was typed stays in the field even while it cannot be taken.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../../primitives/Field";
import { numberIn } from "./check";

type Props = { label: string; hint?: string; value: number | null; from: number; to: number; whole?: boolean; onChange: (value: number | null) => void };

export function NumberField({ label, hint, value, from, to, whole, onChange }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value === null ? "" : String(value));
  const parsed = numberIn(typed, from, to, whole);
  // Changed from elsewhere: an assistant was chosen, or all was set back.
  const shown = parsed.ok && parsed.value !== value ? (value === null ? "" : String(value)) : typed;
  return (
    <Field
      label={label}
      hint={hint}
      inputMode="decimal"
      placeholder={t("tuning.modelsOwn")}
      value={shown}
      error={parsed.ok ? null : t(whole ? "tuning.wholeBetween" : "tuning.between", { from, to })}
      onChange={(event) => {
        setTyped(event.target.value);
        const next = numberIn(event.target.value, from, to, whole);
        if (next.ok) onChange(next.value);
      }}
    />
  );
}
