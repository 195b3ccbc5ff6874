// Usage: what today cost, and every exchange of both doors.
import { useTranslation } from "react-i18next";
import { asProblem } from "../../host/problem";
import { useExchanges, useStatus } from "../../host/queries";
import { Callout } from "../../primitives/Callout";
import { Empty } from "../../primitives/Empty";
import { count, useLocale } from "../../primitives/format";
import { Snippet } from "../../primitives/Snippet";
import { Bar, Panel, Title } from "../../primitives/Stage";
import { Exchanges } from "./Exchanges";
import { Today } from "./Today";

export function UsagePanel() {
  const { t } = useTranslation();
  const locale = useLocale();
  const exchanges = useExchanges();
  const status = useStatus();
  const nothing = exchanges.isSuccess && exchanges.rows.length === 0;
  return (
    <Panel>
      <Bar>
        <Title>{t("rail.usage")}</Title>
        <span className="flex-1" />
        {exchanges.total ? <span className="num text-s text-ink-2">{t("usage.rows", { count: exchanges.total, shown: count(exchanges.total, locale) })}</span> : null}
      </Bar>
      <div className="flex min-h-0 flex-1 flex-col gap-[18px] px-6 pt-5 pb-6 max-[1100px]:px-4">
        {status ? <Today today={status.today} rows={exchanges.rows} /> : null}
        {exchanges.error ? <Callout tone="bad" title={asProblem(exchanges.error).message} text={asProblem(exchanges.error).remedy} /> : null}
        {nothing ? <FirstRequest url={status?.relay.url ?? null} /> : <Exchanges {...exchanges} />}
      </div>
    </Panel>
  );
}

function FirstRequest({ url }: { url: string | null }) {
  const { t } = useTranslation();
  const base = url ?? "http://127.0.0.1:4141/v1";
  const curl = `curl -N ${base}/chat/completions \\
  -H "Authorization: Bearer $NEXDESK_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"sandbox/sandbox-chat","stream":true,
       "messages":[{"role":"user","content":"Hello"}]}'`;
  return (
    <Empty title={t("usage.empty")} text={t("usage.emptyText")}>
      <div className="w-full text-left">
        <Snippet title="curl" text={curl} />
      </div>
    </Empty>
  );
}
