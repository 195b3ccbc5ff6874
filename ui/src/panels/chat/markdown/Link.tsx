// A link in an answer: it opens nothing before its address has been seen.
import { createContext, use, useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { Button } from "../../../primitives/Button";
import { Callout } from "../../../primitives/Callout";
import { Dialog, DialogFoot } from "../../../primitives/Dialog";
import { tellProblem } from "../../../primitives/toast";
import { useCopy } from "../../../primitives/useCopy";
import { addressOf, safeAddress } from "./links";
import type { Address } from "./links";

type Ask = (href: string, text: string) => void;
const DoorContext = createContext<Ask | null>(null);

export function useDoor(): Ask {
  const ask = use(DoorContext);
  if (!ask) throw new Error("a link stands outside of its door");
  return ask;
}

/** One question for all links of a thread. */
export function Door({ children }: { children: ReactNode }) {
  const [address, setAddress] = useState<Address | null>(null);
  const ask = useCallback<Ask>((href, text) => setAddress(addressOf(href, text)), []);
  return (
    <DoorContext value={ask}>
      {children}
      {address ? <Question address={address} onClose={() => setAddress(null)} /> : null}
    </DoorContext>
  );
}

function Question({ address, onClose }: { address: Address; onClose: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const [copied, copy] = useCopy();
  const open = () => {
    void host.openUrl(address.href).catch((thrown: unknown) => tellProblem(asProblem(thrown)));
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t("answer.link.title")} description={t("answer.link.text")} width={520}>
      <p dir="ltr" data-testid="link-address" className="selectable max-h-40 overflow-auto rounded-s bg-hover px-3 py-2 font-mono text-s [overflow-wrap:anywhere]">
        <span className="text-ink-2">{address.before}</span>
        <b className="font-semibold text-ink">{address.host}</b>
        <span className="text-ink-2">{address.after}</span>
      </p>
      {address.warning ? (
        <div className="mt-3">
          <Callout tone="warn" title={t(`answer.link.warning.${address.warning}`)} />
        </div>
      ) : null}
      <DialogFoot>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button onClick={() => copy(address.href)}>{copied ? t("common.copied") : t("answer.link.copy")}</Button>
        <Button look="primary" onClick={open} data-testid="link-open">
          {t("answer.link.open")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}

export function Link({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  const ask = useDoor();
  const address = useMemo(() => safeAddress(href), [href]);
  if (!address) return <span>{children}</span>;
  return (
    <a
      href={address}
      title={address}
      rel="noreferrer noopener"
      draggable={false}
      onClick={(event) => {
        event.preventDefault();
        ask(address, event.currentTarget.textContent ?? "");
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {children}
    </a>
  );
}
