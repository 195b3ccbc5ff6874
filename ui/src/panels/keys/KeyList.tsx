// The list beside the stage: gateways, and under them the tokens local tools use.
import { clsx } from "clsx";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway, LocalToken } from "../../bindings";
import { Button, IconButton } from "../../primitives/Button";
import { Money } from "../../primitives/Money";
import { Dot } from "../../primitives/Pill";
import { List } from "../../primitives/Stage";
import { gatewayTone } from "./states";

type Props = {
  gateways: Gateway[];
  tokens: LocalToken[];
  chosen: string | null;
  onChoose: (id: string) => void;
  onAddGateway: () => void;
  onAddToken: () => void;
};

export function KeyList({ gateways, tokens, chosen, onChoose, onAddGateway, onAddToken }: Props) {
  const { t } = useTranslation();
  const bar = (
    <>
      <b className="flex-1 font-semibold">{t("keys.gateways")}</b>
      <Button look="primary" data-testid="add-gateway" onClick={onAddGateway}>
        <Plus />
        {t("keys.add")}
      </Button>
    </>
  );
  return (
    <List label={t("keys.gateways")} bar={bar}>
      <div className="pt-1.5">
        {gateways.map((gateway) => (
          <Item key={gateway.id} testid="gateway-item" chosen={gateway.id === chosen} onChoose={() => onChoose(gateway.id)}>
            <span className="flex min-w-0 items-center gap-1.5" title={gateway.name}>
              <Dot tone={gatewayTone[gateway.state]} />
              <b className="truncate font-medium">{gateway.name}</b>
            </span>
            <GatewayLine gateway={gateway} />
          </Item>
        ))}
      </div>
      <h2 className="flex items-center py-1 pt-3 pr-2 pl-3.5 text-xs font-semibold text-ink-2">
        <span className="flex-1">{t("keys.tokens")}</span>
        <IconButton label={t("keys.newToken")} data-testid="token-create" onClick={onAddToken} className="h-6! w-6!">
          <Plus />
        </IconButton>
      </h2>
      {tokens.map((token) => (
        <Item key={token.id} testid="token-item" chosen={token.id === chosen} onChoose={() => onChoose(token.id)} aside={<Money nano={token.spentToday.nano} estimated={token.spentToday.basis === "estimated"} />}>
          <b className="truncate font-medium">{token.name}</b>
          <small className="truncate text-xs text-ink-2">nxd-…{token.lastFour}</small>
        </Item>
      ))}
      {tokens.length === 0 ? <p className="px-3.5 py-1 text-s text-ink-2">{t("keys.noTokens")}</p> : null}
    </List>
  );
}

function GatewayLine({ gateway }: { gateway: Gateway }) {
  const { t } = useTranslation();
  const counts = [gateway.needsKey ? t("keys.countKeys", { count: gateway.keys.length }) : t("keys.noKeyNeeded"), t("keys.countModels", { count: gateway.models })];
  return <small className="truncate text-xs text-ink-2">{gateway.sandbox ? t("keys.sandbox") : counts.join(" · ")}</small>;
}

type ItemProps = { chosen: boolean; onChoose: () => void; aside?: ReactNode; testid: string; children: ReactNode };

function Item({ chosen, onChoose, aside, testid, children }: ItemProps) {
  return (
    <button
      type="button"
      data-testid={testid}
      aria-current={chosen || undefined}
      onClick={onChoose}
      className={clsx(
        "mx-1.5 grid w-[calc(100%-12px)] grid-cols-[minmax(0,1fr)_auto] gap-x-2 rounded-s px-[9px] py-[7px] text-left focus-visible:outline-offset-[-2px]",
        chosen ? "bg-accent-soft" : "hover:bg-hover",
      )}
    >
      <span className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-px">{children}</span>
      {aside ? <span className="num text-xs text-ink-2">{aside}</span> : null}
    </button>
  );
}
