// Adding a gateway in three small steps: which one, its key, and whether it answers.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway, Preset } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { Dialog, DialogFoot } from "../../primitives/Dialog";
import { Field } from "../../primitives/Field";
import { baseOf } from "./address";
import { CheckResult } from "./CheckResult";
import { KeyForm } from "./KeyForm";
import { useCheck } from "./useCheck";

type Step = { at: "preset" } | { at: "details"; preset: Preset } | { at: "key"; preset: Preset; gateway: Gateway } | { at: "check"; gateway: Gateway; key: string | null };
type Props = { onClose: () => void; onAdded: (gateway: string) => void };

export function AddGateway({ onClose, onAdded }: Props) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>({ at: "preset" });
  const titles = {
    preset: t("keys.addGateway"),
    details: step.at === "details" ? step.preset.name : "",
    key: step.at === "key" ? t("keys.keyFor", { name: step.gateway.name }) : "",
    check: step.at === "check" ? t("keys.checking", { name: step.gateway.name }) : "",
  };
  return (
    <Dialog open onClose={onClose} title={titles[step.at]} description={step.at === "preset" ? t("keys.choosePreset") : undefined} width={step.at === "preset" ? 620 : 460}>
      {step.at === "preset" ? <Presets onPick={(preset) => setStep({ at: "details", preset })} /> : null}
      {step.at === "details" ? (
        <Details
          preset={step.preset}
          onBack={() => setStep({ at: "preset" })}
          onSaved={(gateway) => {
            onAdded(gateway.id);
            setStep(gateway.needsKey ? { at: "key", preset: step.preset, gateway } : { at: "check", gateway, key: null });
          }}
        />
      ) : null}
      {step.at === "key" ? (
        <KeyForm gateway={step.gateway} hint={step.preset.keyHint} cancel={t("keys.later")} onCancel={onClose} onSaved={(key) => setStep({ at: "check", gateway: step.gateway, key: key.id })} />
      ) : null}
      {step.at === "check" ? <FirstCheck gateway={step.gateway} keyId={step.key} onDone={onClose} /> : null}
    </Dialog>
  );
}

function Presets({ onPick }: { onPick: (preset: Preset) => void }) {
  const host = useHost();
  const presets = useQuery({ queryKey: keys.presets, queryFn: () => host.listPresets(), staleTime: Infinity }).data ?? [];
  return (
    <div className="grid grid-cols-3 gap-2 max-[700px]:grid-cols-2">
      {presets.map((preset) => (
        <button
          key={preset.id}
          type="button"
          data-testid={`preset-${preset.id}`}
          onClick={() => onPick(preset)}
          className="grid content-start gap-0.5 rounded-m border border-line bg-panel px-3 py-2.5 text-left hover:border-accent hover:bg-hover"
        >
          <b className="font-medium">{preset.name}</b>
          {preset.note ? <small className="text-xs text-ink-2">{preset.note}</small> : null}
        </button>
      ))}
    </div>
  );
}

type DetailsProps = { preset: Preset; onBack: () => void; onSaved: (gateway: Gateway) => void };

function Details({ preset, onBack, onSaved }: DetailsProps) {
  const { t } = useTranslation();
  const host = useHost();
  const [name, setName] = useState(preset.baseUrl === null ? "" : preset.name);
  const [address, setAddress] = useState(preset.baseUrl ?? "");
  const { base, cut } = baseOf(address);
  const save = useMutation({ mutationFn: () => host.addGateway({ preset: preset.id, name: name.trim(), baseUrl: base }), onSuccess: onSaved });
  const problem = save.error ? asProblem(save.error) : null;
  const consoleUrl = preset.console;
  return (
    <form
      className="grid gap-3.5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      {preset.note ? <p className="text-m text-ink-2">{preset.note}</p> : null}
      <Field label={t("keys.name")} data-testid="gateway-name" value={name} onChange={(event) => setName(event.target.value)} autoFocus />
      <Field
        label={t("keys.baseUrl")}
        mono
        data-testid="base-url"
        value={address}
        placeholder="https://…/v1"
        onChange={(event) => setAddress(event.target.value)}
        hint={cut ? t("keys.endpointCut", { base, cut }) : t("keys.baseUrlHint")}
      />
      {consoleUrl ? (
        <p className="text-s text-ink-2">
          {t("keys.noKeyYet")}{" "}
          <button type="button" className="rounded-[4px] text-accent hover:underline" onClick={() => void host.openUrl(consoleUrl)}>
            {t("keys.openConsole")}
          </button>
        </p>
      ) : null}
      {problem ? <Callout role="alert" tone="bad" title={inWords(problem).message} text={inWords(problem).remedy} /> : null}
      <DialogFoot>
        <Button onClick={onBack}>{t("common.back")}</Button>
        <Button look="primary" type="submit" data-testid="gateway-save" disabled={!name.trim() || !base || save.isPending}>
          {t("keys.addGateway")}
        </Button>
      </DialogFoot>
    </form>
  );
}

function FirstCheck({ gateway, keyId, onDone }: { gateway: Gateway; keyId: string | null; onDone: () => void }) {
  const { t } = useTranslation();
  const check = useCheck(gateway.id);
  const { mutate } = check;
  useEffect(() => mutate(keyId), [mutate, keyId]);
  return (
    <div className="grid gap-3.5">
      {check.data ? <CheckResult check={check.data} /> : <p className="text-m text-ink-2">{t("keys.asking", { url: gateway.baseUrl })}</p>}
      <DialogFoot>
        {check.data && !check.data.ok ? <Button onClick={() => mutate(keyId)}>{t("common.tryAgain")}</Button> : null}
        <Button look="primary" onClick={onDone} data-testid="gateway-done">
          {t("common.done")}
        </Button>
      </DialogFoot>
    </div>
  );
}
