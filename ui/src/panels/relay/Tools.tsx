// The tools that have a token, as cards: who, when last, what it spent, and how much of its budget that is.
import { Plus } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Exchange, LocalToken } from "../../bindings";
import { Button } from "../../primitives/Button";
import { Meter } from "../../primitives/Meter";
import { Money } from "../../primitives/Money";
import { Pill } from "../../primitives/Pill";
import { TimeAgo } from "../../primitives/TimeAgo";
import { useMinute } from "../../primitives/useMinute";
import { colourOf, initials, stateOf, stateTone, tightest } from "./tools";

type Props = { tokens: LocalToken[]; rows: Exchange[]; onChoose: (id: string) => void; onAdd: () => void };

export function Tools({ tokens, rows, onChoose, onAdd }: Props) {
  const { t } = useTranslation();
  const now = useMinute();
  if (!tokens.length) {
    return (
      <section className="card flex items-center gap-6 px-[18px] py-4" aria-label={t("relay.tools")}>
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{t("relay.noTools")}</h2>
          <p className="mt-0.5 max-w-[680px] text-pretty text-ink-2">{t("relay.noToolsText")}</p>
        </div>
        <Button look="primary" data-testid="tool-add" onClick={onAdd}>
          <Plus />
          {t("relay.addTool")}
        </Button>
      </section>
    );
  }
  return (
    <section className="grid grid-cols-[repeat(auto-fill,minmax(248px,1fr))] gap-3" aria-label={t("relay.tools")}>
      {tokens.map((token) => (
        <Tool key={token.id} token={token} rows={rows} now={now} onChoose={() => onChoose(token.id)} />
      ))}
    </section>
  );
}

function Tool({ token, rows, now, onChoose }: { token: LocalToken; rows: Exchange[]; now: number; onChoose: () => void }) {
  const { t } = useTranslation();
  const state = stateOf(token, rows, now);
  const budget = tightest(token);
  return (
    <button type="button" data-testid="tool" onClick={onChoose} className="card relative grid content-start gap-2 px-3.5 py-[13px] text-left hover:bg-[color-mix(in_oklab,var(--hover)_45%,var(--panel))]">
      <span className="flex min-h-[30px] min-w-0 items-center gap-[9px]">
        <span aria-hidden className="grid size-7 shrink-0 place-items-center rounded-[8px] text-s font-bold text-[white]" style={{ background: colourOf(token.name) }}>
          {initials(token.name)}
        </span>
        <b className="min-w-0 flex-1 truncate font-semibold" title={token.name}>
          {token.name}
        </b>
        {state ? <Pill tone={stateTone[state]}>{t(`relay.toolState.${state}`)}</Pill> : null}
      </span>
      <span className="flex min-h-[30px] items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-ink-2">{token.lastUsedAt === null ? t("relay.neverUsed") : <TimeAgo at={token.lastUsedAt} />}</span>
        <span className="num shrink-0">
          {budget ? (
            <>
              <Money nano={budget.spentNano} estimated /> <span className="text-ink-2">{t("relay.of")}</span> <Money nano={budget.limitNano} /> <span className="text-ink-2">{t(`relay.period.${budget.period}`)}</span>
            </>
          ) : (
            <>
              <Money nano={token.spentToday.nano} estimated={token.spentToday.basis === "estimated"} /> {t("relay.period.day")}
            </>
          )}
        </span>
      </span>
      {budget ? (
        <span className="absolute inset-x-3.5 bottom-2">
          <Meter label={t("relay.budgetUsed")} used={budget.spentNano + budget.reservedNano} of={budget.limitNano} />
        </span>
      ) : null}
    </button>
  );
}
