// What to paste into a tool or a terminal, with the relay's address as it is now.
import { useTranslation } from "react-i18next";
import { useModels, useStatus } from "../../host/queries";
import { Snippet } from "../../primitives/Snippet";

export function HowToUse({ secret }: { secret: string }) {
  const { t } = useTranslation();
  const url = useStatus()?.relay.url ?? "http://127.0.0.1:4141/v1";
  const model = useModels().data?.find((one) => one.kind === "chat")?.id ?? "sandbox/sandbox-chat";
  const curl = `curl -N ${url}/chat/completions \\
  -H "Authorization: Bearer ${secret}" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"${model}","stream":true,
       "messages":[{"role":"user","content":"Hello"}]}'`;
  return (
    <>
      <Snippet title={t("keys.anySdk")} text={`export OPENAI_BASE_URL=${url}\nexport OPENAI_API_KEY=${secret}`} />
      <Snippet title="curl" text={curl} />
    </>
  );
}
