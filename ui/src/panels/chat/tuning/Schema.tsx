// What form the answer must have: a JSON schema, checked as it is typed.
import { useTranslation } from "react-i18next";
import { Button } from "../../../primitives/Button";
import { TextArea } from "../../../primitives/TextArea";
import type { Checked } from "./check";
import { checkSchema } from "./check";

const example = `{
  "type": "object",
  "properties": {
    "title": { "type": "string" },
    "points": {
      "type": "array", "items": { "type": "string" }
    }
  },
  "required": ["title", "points"],
  "additionalProperties": false
}`;

export function useComplaint(): (checked: Checked) => string | null {
  const { t } = useTranslation();
  return (checked) => {
    if (checked.ok) return null;
    if (checked.why === "object") return t("tuning.notAnObject");
    return checked.at ? t("tuning.brokenAt", { at: checked.at }) : t("tuning.broken");
  };
}

export function Schema({ schema, onChange }: { schema: string | null; onChange: (schema: string | null) => void }) {
  const { t } = useTranslation();
  const complaint = useComplaint();
  if (schema === null) {
    return (
      <div className="grid justify-items-start gap-1.5">
        <span className="text-s text-ink-2">{t("tuning.schema")}</span>
        <Button data-testid="add-schema" onClick={() => onChange(example)}>
          {t("tuning.addSchema")}
        </Button>
        <p className="text-xs text-ink-2">{t("tuning.schemaNote")}</p>
      </div>
    );
  }
  const checked = checkSchema(schema);
  const fields = checked.ok && checked.fields.length ? t("tuning.fields", { fields: checked.fields.join(", ") }) : t("tuning.schemaNote");
  return (
    <div className="grid gap-1.5">
      <TextArea label={t("tuning.schema")} mono rows={11} data-testid="schema" value={schema} error={complaint(checked)} hint={fields} onChange={(event) => onChange(event.target.value)} />
      <div className="flex">
        <Button look="ghost" className="-ml-[11px] justify-self-start" onClick={() => onChange(null)}>
          {t("tuning.removeSchema")}
        </Button>
      </div>
    </div>
  );
}
