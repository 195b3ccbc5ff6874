// Where to point a tool, what is spoken there, who can reach it, and how the relay has fared since the start.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Status } from "../../bindings";
import { useHost } from "../../host/context";
import { keys } from "../../host/queries";
import { Callout } from "../../primitives/Callout";
import { CopyButton } from "../../primitives/CopyButton";
import { count, DASH, milliseconds, useLocale } from "../../primitives/format";
import { Pill } from "../../primitives/Pill";

const FRESH = 2_000;
const talk = ["chat", "completions", "responses", "messages", "gemini"] as const;
const rest = ["media", "vectors"] as const;

export function AddressCard({ status }: { status: Status }) {
  const { relay, vault } = status;
  const { t } = useTranslation();
  return (
    <section className="card grid grid-cols-[1.3fr_1fr]" aria-label={t("relay.address")}>
      <div className="grid min-w-0 content-start gap-3 px-[18px] py-4">
        <Address relay={relay} />
        <div className="flex flex-wrap gap-1" title={t("relay.passedThrough")}>
          {talk.map((one) => (
            <Pill key={one} tone="accent">
              {t(`relay.speaks.${one}`)}
            </Pill>
          ))}
          {rest.map((one) => (
            <Pill key={one}>{t(`relay.speaks.${one}`)}</Pill>
          ))}
        </div>
        <p className="text-xs text-ink-2">{t("relay.passedThrough")}</p>
      </div>
      <div className="grid min-w-0 content-start gap-3 border-l border-line px-[18px] py-4">
        {relay.lan ? (
          <Callout tone="warn" title={t("relay.lan")} text={t("relay.lanText")} testid="relay-lan">
            {relay.lanUrl ? (
              <>
                <code className="selectable text-s">{relay.lanUrl}</code>
                <CopyButton text={relay.lanUrl} />
              </>
            ) : null}
          </Callout>
        ) : (
          <p className="text-s text-ink-2">{t("relay.onlyHere")} {vault.state === "keychain" ? t("relay.keysInKeychain") : vault.state === "missing" ? null : t("relay.keysInFile")}</p>
        )}
        <Figures />
        {relay.socket ? (
          <p className="selectable truncate text-xs text-ink-2" title={relay.socket}>
            {t("relay.socket")} <code>{relay.socket}</code>
          </p>
        ) : null}
      </div>
    </section>
  );
}

function Address({ relay }: { relay: Status["relay"] }) {
  const { t } = useTranslation();
  return (
    <>
      {relay.note ? <Callout role="alert" tone={relay.state === "stopped" ? "bad" : "warn"} title={relay.note} /> : null}
      {relay.url ? (
        <div>
          <small className="text-s text-ink-2">{t("relay.pointAt")}</small>
          <div className="mt-1.5 flex items-center gap-2">
            <code data-testid="relay-url" className="selectable truncate text-[19px] font-semibold tracking-[-.01em]">
              {relay.url}
            </code>
            <CopyButton text={relay.url} />
          </div>
        </div>
      ) : (
        <p className="text-l font-semibold">{t("relay.noAddress")}</p>
      )}
    </>
  );
}

/** Since Nexdesk was opened. They change with every request, and are read often enough to look alive. */
function Figures() {
  const { t } = useTranslation();
  const locale = useLocale();
  const host = useHost();
  const figures = useQuery({ queryKey: keys.figures, queryFn: () => host.relayFigures(), refetchInterval: FRESH, refetchOnMount: "always" }).data;
  const added = figures?.addedUs ?? null;
  return (
    <dl className="grid grid-cols-3 gap-3" data-testid="relay-figures">
      <Figure label={t("relay.addedDelay")} note={t("relay.addedDelayNote")}>
        {added === null ? DASH : milliseconds(added / 1000, locale)}
      </Figure>
      <Figure label={t("relay.retried")} note={t("relay.retriedNote")}>
        {count(figures?.retried ?? null, locale)}
      </Figure>
      <Figure label={t("relay.failedOver")} note={t("relay.failedOverNote")}>
        {count(figures?.failedOver ?? null, locale)}
      </Figure>
    </dl>
  );
}

function Figure({ label, note, children }: { label: string; note: string; children: ReactNode }) {
  return (
    <div className="min-w-0" title={note}>
      <dt className="truncate text-s text-ink-2">{label}</dt>
      <dd className="num font-semibold">{children}</dd>
    </div>
  );
}
