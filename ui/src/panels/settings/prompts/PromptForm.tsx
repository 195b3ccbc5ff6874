// A prompt with its blanks, or an assistant with its system prompt; what else an assistant sets is set in a conversation.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { plainSettings } from "../../../host/plain";
import type { Prompt } from "../../../bindings";
import { variablesIn } from "../../../parts/prompts/variables";
import { inWords } from "../../../parts/problem";
import { Button } from "../../../primitives/Button";
import { Drawer, DrawerBody, DrawerFoot } from "../../../primitives/Drawer";
import { Field } from "../../../primitives/Field";
import { Pill } from "../../../primitives/Pill";
import { TextArea } from "../../../primitives/TextArea";
import { tellProblem } from "../../../primitives/toast";

type Props = { from: Prompt | null; kind: Prompt["kind"]; onClose: () => void; onSaved: () => unknown };

export function PromptForm({ from, kind, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const [name, setName] = useState(from?.name ?? "");
  const [text, setText] = useState((kind === "assistant" ? from?.settings?.systemPrompt : from?.text) ?? "");
  const blanks = kind === "prompt" ? variablesIn(text) : [];
  const whole = name.trim() !== "" && text.trim() !== "";

  async function save() {
    const settings = kind === "assistant" ? { ...(from?.settings ?? plainSettings), systemPrompt: text } : null;
    try {
      await host.savePrompt({ id: from?.id ?? "", name: name.trim(), text: kind === "prompt" ? text : (from?.text ?? ""), variables: blanks, kind, settings });
      onSaved();
      onClose();
    } catch (thrown) {
      tellProblem(inWords(asProblem(thrown)));
    }
  }
  return (
    <Drawer onClose={onClose} title={from ? from.name : t(`prompts.new.${kind}`)} testid="prompt-form">
      <DrawerBody>
        <Field label={t("prompts.name")} data-testid="prompt-name" value={name} onChange={(event) => setName(event.target.value)} />
        <TextArea label={t(kind === "assistant" ? "tuning.systemPrompt" : "prompts.text")} data-testid="prompt-text" rows={12} hint={kind === "assistant" ? t("prompts.assistantHint") : t("prompts.blanksHint", { open: "{{", close: "}}" })} value={text} onChange={(event) => setText(event.target.value)} />
        {blanks.length ? (
          <p className="flex flex-wrap gap-1.5">
            {blanks.map((one) => (
              <Pill key={one} tone="accent">
                {one}
              </Pill>
            ))}
          </p>
        ) : null}
      </DrawerBody>
      <DrawerFoot>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" data-testid="save-prompt" disabled={!whole} onClick={() => void save()}>
          {t("common.save")}
        </Button>
      </DrawerFoot>
    </Drawer>
  );
}
