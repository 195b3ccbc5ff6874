// How this conversation is asked: its system prompt and assistant, how hard to think, what form the answer has, the rest folded.
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePrompts } from "../../../host/queries";
import { plainSettings } from "../../../host/plain";
import type { ConversationSettings } from "../../../bindings";
import { Button } from "../../../primitives/Button";
import { Drawer, DrawerBody, DrawerFoot } from "../../../primitives/Drawer";
import { Segmented } from "../../../primitives/Segmented";
import { Select } from "../../../primitives/Select";
import { Switch } from "../../../primitives/Switch";
import { TextArea } from "../../../primitives/TextArea";
import { EFFORTS } from "../compose/Foot";
import { checkObject } from "./check";
import { NumberField } from "./NumberField";
import { SaveAssistant } from "./SaveAssistant";
import { Schema, useComplaint } from "./Schema";

type Props = { settings: ConversationSettings; onChange: (change: Partial<ConversationSettings>) => void; onClose: () => void };

/** Whether anything differs from what every conversation begins with; tools are chosen elsewhere. */
export function isTuned(settings: ConversationSettings): boolean {
  const keys = Object.keys(plainSettings) as (keyof ConversationSettings)[];
  return keys.some((key) => key !== "mcpServers" && key !== "reasoningEffort" && JSON.stringify(settings[key]) !== JSON.stringify(plainSettings[key]));
}

export function SettingsDrawer({ settings, onChange, onClose }: Props) {
  const { t } = useTranslation();
  const [saving, setSaving] = useState(false);
  const assistants = (usePrompts() ?? []).filter((one) => one.kind === "assistant");
  const known = assistants.some((one) => one.id === settings.assistant);

  function choose(id: string) {
    const assistant = assistants.find((one) => one.id === id);
    if (assistant?.settings) onChange({ ...assistant.settings, assistant: id });
    else onChange({ assistant: null });
  }
  return (
    <Drawer onClose={onClose} title={t("tuning.title")} width={460} testid="tuning">
      <DrawerBody>
        <Select label={t("tuning.assistant")} value={known ? (settings.assistant ?? "") : ""} onChoose={choose} choices={[{ value: "", label: t("tuning.noAssistant") }, ...assistants.map((one) => ({ value: one.id, label: one.name }))]} />
        <TextArea label={t("tuning.systemPrompt")} data-testid="system-prompt" rows={5} placeholder={t("tuning.systemPlaceholder")} value={settings.systemPrompt} onChange={(event) => onChange({ systemPrompt: event.target.value })} />
        <div className="grid gap-1.5">
          <span className="text-s text-ink-2">{t("tuning.effort")}</span>
          <Segmented
            label={t("tuning.effort")}
            value={settings.reasoningEffort ?? "auto"}
            onChange={(next) => onChange({ reasoningEffort: next === "auto" ? null : next })}
            options={[{ value: "auto", label: t("compose.effort.auto") }, ...EFFORTS.map((one) => ({ value: one as string, label: t(`compose.effort.${one}`) }))]}
          />
        </div>
        <Schema schema={settings.schema} onChange={(schema) => onChange({ schema })} />
        <div className="flex items-center gap-3">
          <span className="grid flex-1">
            <span>{t("tuning.autoContinue")}</span>
            <small className="text-xs text-ink-2">{t("tuning.autoContinueNote")}</small>
          </span>
          <Switch label={t("tuning.autoContinue")} on={settings.autoContinue} onChange={(autoContinue) => onChange({ autoContinue })} />
        </div>
        <Fold label={t("tuning.advanced")}>
          <Advanced settings={settings} onChange={onChange} />
        </Fold>
      </DrawerBody>
      <DrawerFoot>
        <Button look="ghost" className="-ml-[11px]" disabled={!isTuned(settings)} onClick={() => onChange({ ...plainSettings, mcpServers: settings.mcpServers })}>
          {t("tuning.reset")}
        </Button>
        <span className="flex-1" />
        <Button onClick={() => setSaving(true)} data-testid="save-assistant">
          {t("tuning.saveAs")}
        </Button>
        <Button look="primary" onClick={onClose}>
          {t("common.done")}
        </Button>
      </DrawerFoot>
      {saving ? <SaveAssistant settings={settings} onClose={() => setSaving(false)} onSaved={(id) => onChange({ assistant: id })} /> : null}
    </Drawer>
  );
}

function Fold({ label, children }: { label: string; children: ReactNode }) {
  return (
    <details className="group/fold">
      <summary data-testid="advanced" className="inline-flex list-none items-center gap-1 rounded-[4px] pr-1 font-medium [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-3.5 text-ink-3 transition-transform group-open/fold:rotate-90 motion-reduce:transition-none" />
        {label}
      </summary>
      <div className="grid gap-4 pt-3">{children}</div>
    </details>
  );
}

function Advanced({ settings, onChange }: Omit<Props, "onClose">) {
  const { t } = useTranslation();
  const complaint = useComplaint();
  const [stop, setStop] = useState(settings.stop.join("\n"));
  const extra = settings.extra ?? "";
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <NumberField label={t("tuning.temperature")} value={settings.temperature} from={0} to={2} onChange={(temperature) => onChange({ temperature })} />
        <NumberField label="top_p" value={settings.topP} from={0} to={1} onChange={(topP) => onChange({ topP })} />
        <NumberField label={t("tuning.maxTokens")} value={settings.maxTokens} from={1} to={10_000_000} whole onChange={(maxTokens) => onChange({ maxTokens })} />
        <NumberField label={t("tuning.seed")} value={settings.seed} from={0} to={Number.MAX_SAFE_INTEGER} whole onChange={(seed) => onChange({ seed })} />
        <NumberField label={t("tuning.presence")} value={settings.presencePenalty} from={-2} to={2} onChange={(presencePenalty) => onChange({ presencePenalty })} />
        <NumberField label={t("tuning.frequency")} value={settings.frequencyPenalty} from={-2} to={2} onChange={(frequencyPenalty) => onChange({ frequencyPenalty })} />
      </div>
      <TextArea
        label={t("tuning.stop")}
        hint={t("tuning.stopNote")}
        mono
        rows={2}
        value={stop}
        onChange={(event) => {
          setStop(event.target.value);
          onChange({ stop: event.target.value.split("\n").filter(Boolean) });
        }}
      />
      <TextArea
        label={t("tuning.extra")}
        hint={t("tuning.extraNote")}
        mono
        rows={3}
        placeholder='{ "top_k": 40 }'
        value={extra}
        error={extra.trim() ? complaint(checkObject(extra)) : null}
        onChange={(event) => onChange({ extra: event.target.value.trim() ? event.target.value : null })}
      />
    </>
  );
}
