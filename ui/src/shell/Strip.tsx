// The strip at the foot: where the relay is, what is running, what today cost.
import { useTranslation } from "react-i18next";
import type { Status } from "../bindings";
import { count, useLocale } from "../primitives/format";
import { Kbd, modifier } from "../primitives/Kbd";
import { Money } from "../primitives/Money";
import type { Tone } from "../primitives/Pill";
import { Dot } from "../primitives/Pill";
import { useCopy } from "../primitives/useCopy";

const relayTone: Record<Status["relay"]["state"], Tone> = { running: "ok", moved: "warn", stopped: "bad" };

type Props = { status: Status | undefined; onPalette: () => void; onVault: () => void };

export function Strip({ status, onPalette, onVault }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <footer className="col-span-2 flex items-center gap-4 overflow-hidden border-t border-line bg-rail px-3.5 text-s whitespace-nowrap text-ink-2">
      {status ? (
        <>
          <Relay relay={status.relay} />
          <span className="num">
            {t("strip.tools", { count: status.toolsToday })}
            {status.streaming ? ` · ${t("strip.streaming", { count: status.streaming })}` : ""}
          </span>
          {status.streaming ? <span className="num">{t("strip.speed", { rate: count(Math.round(status.tokensPerSecond), locale) })}</span> : null}
          <span className="flex-1" />
          {status.vault.state === "missing" || status.vault.state === "locked" ? (
            <button type="button" onClick={onVault} className="inline-flex items-center gap-1.5 rounded-[4px] hover:text-ink" title={status.vault.sentence ?? undefined}>
              <Dot tone="warn" />
              {t(`strip.vault.${status.vault.state}`)}
            </button>
          ) : null}
          <span title={status.today.unpriced ? t("usage.unpriced", { count: status.today.unpriced }) : undefined}>
            {t("strip.today")}{" "}
            <b className="font-semibold text-ink" data-testid="today-cost">
              <Money nano={status.today.cost.nano} estimated={status.today.cost.basis === "estimated"} />
            </b>
          </span>
        </>
      ) : (
        <span className="flex-1" />
      )}
      <button type="button" onClick={onPalette} aria-label={t("palette.open")} className="rounded-[4px]">
        <Kbd>{`${modifier} K`}</Kbd>
      </button>
    </footer>
  );
}

function Relay({ relay }: { relay: Status["relay"] }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const { url } = relay;
  return (
    <span className="inline-flex items-center gap-1.5" title={relay.note ?? undefined}>
      <Dot tone={relayTone[relay.state]} />
      <b className="font-semibold text-ink">{t("strip.relay")}</b>
      {url ? (
        <button type="button" data-testid="relay-address" data-url={url} onClick={() => copy(url)} title={relay.note ?? t("strip.copyAddress")} className="rounded-[4px] hover:text-ink">
          <code className="text-[.93em]">{copied ? t("common.copied") : url}</code>
        </button>
      ) : (
        <span>{t("strip.stopped")}</span>
      )}
      {relay.state === "moved" ? <span className="text-[color-mix(in_oklab,var(--warn)_72%,var(--ink))]">{t("strip.moved")}</span> : null}
    </span>
  );
}
