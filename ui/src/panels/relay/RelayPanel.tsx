// Relay: where tools point, which tools do, and what passes through at this moment.
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RelayState } from "../../bindings";
import { asProblem } from "../../host/problem";
import { useExchanges, useStatus, useTokens } from "../../host/queries";
import { NewToken } from "../../parts/tokens/NewToken";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { Dot, Pill } from "../../primitives/Pill";
import type { Tone } from "../../primitives/Pill";
import { Bar, Panel, Title } from "../../primitives/Stage";
import { AddressCard } from "./AddressCard";
import { LiveRequests } from "./LiveRequests";
import { placeOf } from "./place";
import { RequestDrawer } from "./RequestDrawer";
import { RulesDrawer } from "./rules/RulesDrawer";
import { ToolDrawer } from "./ToolDrawer";
import { Tools } from "./Tools";

const stateTone: Record<RelayState, Tone> = { running: "ok", moved: "warn", stopped: "bad" };
type Props = { open: string | null; onOpen: (place: string | null) => void; onUsage: () => void };

export function RelayPanel({ open, onOpen, onUsage }: Props) {
  const { t } = useTranslation();
  const status = useStatus();
  const tokens = useTokens();
  const exchanges = useExchanges();
  const [adding, setAdding] = useState(false);
  const place = placeOf(open);
  const close = () => onOpen(null);
  const tool = tokens.data?.find((one) => one.id === place.token);
  const request = exchanges.rows.find((one) => one.id === place.request);
  const trouble = tokens.error ?? exchanges.error;
  return (
    <Panel>
      <Bar>
        <Title>{t("rail.relay")}</Title>
        {status ? (
          <Pill tone={stateTone[status.relay.state]}>
            <Dot tone={stateTone[status.relay.state]} />
            <span data-testid="relay-state">{t(`relay.state.${status.relay.state}`)}</span>
          </Pill>
        ) : null}
        {status?.relay.lan ? <Pill tone="warn">{t("relay.openToNetwork")}</Pill> : null}
        <span className="flex-1" />
        {tokens.data?.length ? (
          <Button data-testid="tool-add" onClick={() => setAdding(true)}>
            <Plus />
            {t("relay.addTool")}
          </Button>
        ) : null}
        <Button data-testid="open-rules" onClick={() => onOpen("rules")}>
          {t("relay.rules.title")}
        </Button>
      </Bar>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-[18px] px-6 pt-5 pb-7 max-[1100px]:px-4">
          {trouble ? <Callout tone="bad" title={asProblem(trouble).message} text={asProblem(trouble).remedy} /> : null}
          {status ? <AddressCard status={status} /> : null}
          {tokens.data ? <Tools tokens={tokens.data} rows={exchanges.rows} onChoose={(id) => onOpen(`token/${id}`)} onAdd={() => setAdding(true)} /> : null}
          {exchanges.isSuccess ? <LiveRequests rows={exchanges.rows} total={exchanges.total} onChoose={(id) => onOpen(`request/${id}`)} onUsage={onUsage} /> : null}
        </div>
      </div>
      {adding ? <NewToken onClose={() => setAdding(false)} onCreated={() => setAdding(false)} /> : null}
      {place.rules ? <RulesDrawer onClose={close} /> : null}
      {tool ? <ToolDrawer key={tool.id} token={tool} onClose={close} /> : null}
      {request ? <RequestDrawer row={request} onClose={close} /> : null}
    </Panel>
  );
}
