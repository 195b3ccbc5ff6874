// Keeps how this conversation is asked under a name, to begin others with.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import type { ConversationSettings } from "../../../bindings";
import { inWords } from "../../../parts/problem";
import { Button } from "../../../primitives/Button";
import { Dialog, DialogFoot } from "../../../primitives/Dialog";
import { Field } from "../../../primitives/Field";
import { tell, tellProblem } from "../../../primitives/toast";

type Props = { settings: ConversationSettings; onClose: () => void; onSaved: (id: string) => void };

export function SaveAssistant({ settings, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const [name, setName] = useState("");
  async function save() {
    try {
      const saved = await host.savePrompt({ id: "", name: name.trim(), text: "", variables: [], kind: "assistant", settings: { ...settings, assistant: null } });
      await client.invalidateQueries({ queryKey: keys.prompts });
      onSaved(saved.id);
      tell(t("tuning.savedAs", { name: saved.name }));
      onClose();
    } catch (thrown) {
      tellProblem(inWords(asProblem(thrown)));
    }
  }
  return (
    <Dialog open onClose={onClose} title={t("tuning.saveAs")} description={t("tuning.saveAsText")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void save();
        }}
      >
        <Field label={t("prompts.name")} data-testid="assistant-name" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
        <DialogFoot>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit" disabled={!name.trim()}>
            {t("common.save")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
