// Over the composer, when the model's context is nearly used up: an offer to summarise, with what is known of the fill.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../primitives/Button";
import { Callout } from "../../../primitives/Callout";
import { NEARLY_FULL, percentOf, shareOf } from "./Ring";

type Props = { used: number | null; window: number | null; model: string; onCompact: () => void; busy: boolean };

export function NearlyFull({ used, window, model, onCompact, busy }: Props) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(false);
  if (left || used === null || window === null || used < window * NEARLY_FULL) return null;
  const share = shareOf(used, window);
  return (
    <div className="mx-auto mb-2 w-[calc(100%-48px)] max-w-[780px] shrink-0">
      <Callout tone="warn" role="status" testid="nearly-full" title={share >= 1 ? t("context.full", { model }) : t("context.nearlyFull", { percent: percentOf(share), model })} text={t("context.offer")}>
        <Button
          look="primary"
          disabled={busy}
          data-testid="compact"
          onClick={() => {
            onCompact();
            setLeft(true); // how full it is now, the next answer tells
          }}
        >
          {t("context.compact")}
        </Button>
        <Button onClick={() => setLeft(true)}>{t("context.notNow")}</Button>
      </Callout>
    </div>
  );
}
