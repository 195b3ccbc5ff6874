// The blanks of a prompt, asked for one by one before it goes into the composer.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Prompt } from "../../../bindings";
import { filled, variablesIn } from "../../../parts/prompts/variables";
import { Button } from "../../../primitives/Button";
import { Dialog, DialogFoot } from "../../../primitives/Dialog";
import { TextArea } from "../../../primitives/TextArea";

export function FillIn({ prompt, onClose, onDone }: { prompt: Prompt; onClose: () => void; onDone: (text: string) => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState<Record<string, string>>({});
  return (
    <Dialog open onClose={onClose} title={prompt.name} description={t("prompts.fillIn")}>
      <form
        data-testid="fill-in"
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          onDone(filled(prompt.text, values));
        }}
      >
        {variablesIn(prompt.text).map((name, index) => (
          <TextArea key={name} label={name} autoFocus={index === 0} rows={index === 0 ? 1 : 2} value={values[name] ?? ""} onChange={(event) => setValues({ ...values, [name]: event.target.value })} />
        ))}
        <DialogFoot>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit">
            {t("prompts.insert")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
