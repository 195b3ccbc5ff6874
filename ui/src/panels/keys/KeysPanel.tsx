// Keys: the gateways on the one side, the tokens of local tools on the other.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useGateways, useTokens } from "../../host/queries";
import { Button } from "../../primitives/Button";
import { Empty } from "../../primitives/Empty";
import { Bar, Panel, Title } from "../../primitives/Stage";
import { AddGateway } from "./AddGateway";
import { GatewayStage } from "./GatewayStage";
import { KeyList } from "./KeyList";
import { NewToken } from "../../parts/tokens/NewToken";
import { TokenStage } from "./TokenStage";
import { VaultBanner } from "./VaultBanner";

type Props = { chosen: string | null; onChoose: (id: string | null) => void };

export function KeysPanel({ chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const gateways = useGateways().data ?? [];
  const tokens = useTokens().data ?? [];
  const [adding, setAdding] = useState<"gateway" | "token" | null>(null);
  const token = tokens.find((one) => one.id === chosen);
  const gateway = token ? undefined : (gateways.find((one) => one.id === chosen) ?? gateways[0]);
  const list = (
    <KeyList
      gateways={gateways}
      tokens={tokens}
      chosen={token?.id ?? gateway?.id ?? null}
      onChoose={onChoose}
      onAddGateway={() => setAdding("gateway")}
      onAddToken={() => setAdding("token")}
    />
  );
  return (
    <Panel list={list}>
      {token ? <TokenStage key={token.id} token={token} onGone={() => onChoose(null)} /> : null}
      {gateway ? <GatewayStage key={gateway.id} gateway={gateway} /> : null}
      {!token && !gateway ? (
        <>
          <Bar>
            <Title>{t("rail.keys")}</Title>
          </Bar>
          <div className="px-6 pt-5">
            <VaultBanner />
          </div>
          <Empty title={t("keys.empty")} text={t("keys.emptyText")}>
            <Button look="primary" onClick={() => setAdding("gateway")}>
              {t("keys.addGateway")}
            </Button>
          </Empty>
        </>
      ) : null}
      {adding === "gateway" ? <AddGateway onClose={() => setAdding(null)} onAdded={onChoose} /> : null}
      {adding === "token" ? <NewToken onClose={() => setAdding(null)} onCreated={onChoose} /> : null}
    </Panel>
  );
}
