// A button that copies one text and says "Copied".
import { Check, Copy } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button";
import { useCopy } from "./useCopy";

export function CopyButton({ text, label, look = "plain" }: { text: string; label?: string; look?: "plain" | "primary" | "ghost" }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <Button look={look} onClick={() => copy(text)} aria-live="polite">
      {copied ? <Check /> : <Copy />}
      {copied ? t("common.copied") : (label ?? t("common.copy"))}
    </Button>
  );
}
