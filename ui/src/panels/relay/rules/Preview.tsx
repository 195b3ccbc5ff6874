// Type a model's name as a tool would, and see who is asked, in which order, and why.
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LocalToken, ModelPreview } from "../../../bindings";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import { inWords } from "../../../parts/problem";
import { Field } from "../../../primitives/Field";
import { Select } from "../../../primitives/Select";

export function Preview({ tokens }: { tokens: LocalToken[] }) {
  const { t } = useTranslation();
  const host = useHost();
  const [typed, setTyped] = useState("");
  const [token, setToken] = useState("");
  const model = useDeferredValue(typed.trim());
  const preview = useQuery({
    queryKey: keys.preview(model, token || null),
    queryFn: () => host.previewModel(model, token || null),
    enabled: model !== "",
    placeholderData: (before) => before,
  });
  return (
    <section className="card grid gap-3 p-3.5" aria-label={t("relay.rules.preview")}>
      <div className="grid grid-cols-[minmax(0,1fr)_200px] items-end gap-3">
        <Field label={t("relay.rules.preview")} mono data-testid="preview-model" placeholder="gpt-4o" value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Select label={t("relay.rules.askedBy")} value={token} onChoose={setToken} choices={[{ value: "", label: t("relay.rules.anybody") }, ...tokens.map((one) => ({ value: one.id, label: one.name }))]} />
      </div>
      <div aria-live="polite" data-testid="preview">
        {model === "" ? <p className="text-s text-ink-2">{t("relay.rules.previewHint")}</p> : null}
        {model && preview.error ? <p className="text-s text-bad">{asProblem(preview.error).message}</p> : null}
        {model && preview.data ? <Steps model={model} preview={preview.data} /> : null}
      </div>
    </section>
  );
}

function Steps({ model, preview }: { model: string; preview: ModelPreview }) {
  const { t } = useTranslation();
  if (preview.problem) {
    return (
      <p className="text-s [overflow-wrap:anywhere]">
        <span className="text-bad">{inWords(preview.problem).message}</span> <span className="text-ink-2">{inWords(preview.problem).remedy}</span>
      </p>
    );
  }
  return (
    <>
      <p className="text-s text-ink-2 [overflow-wrap:anywhere]">
        <code className="text-ink">{model}</code> {t("relay.rules.goesTo")}
      </p>
      <ol className="mt-1.5 grid gap-1.5">
        {preview.steps.map((step, index) => (
          <li key={index} data-testid="preview-step" className="grid grid-cols-[20px_minmax(0,1fr)] text-s">
            <span className="num text-ink-2">{index + 1}</span>
            <span className="[overflow-wrap:anywhere]">
              <b className="font-medium">{step.gatewayName}</b> · <code>{step.model}</code> <span className="text-ink-2">{step.why}</span>
              {step.heldBack ? <span className="block text-[color-mix(in_oklab,var(--warn)_72%,var(--ink))]">{step.heldBack}</span> : null}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
