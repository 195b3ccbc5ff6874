// One question, several answers side by side: each streams by itself, with its receipt, and one can be gone on with.
import { useTranslation } from "react-i18next";
import type { Message } from "../../../bindings";
import { Button } from "../../../primitives/Button";
import { useActions } from "../actions";
import { Answer } from "../Answer";
import { shortName } from "../models";
import { useLive } from "../talk";

const alone = { ids: [], at: 0 };

/** Wider than the thread where the stage has room (it is the container that `cqw` measures), scrolled sideways where not. */
export function Columns({ answers }: { answers: Message[] }) {
  const { t } = useTranslation();
  return (
    <div
      role="group"
      aria-label={t("compare.side", { count: answers.length })}
      data-testid="compare-columns"
      className="relative left-1/2 w-[min(calc(100cqw-48px),calc(var(--columns)*420px))] min-w-full -translate-x-1/2 overflow-x-auto pb-1"
      style={{ "--columns": answers.length } as React.CSSProperties}
    >
      <div className="grid gap-3" style={{ gridTemplateColumns: `repeat(${answers.length}, minmax(280px, 1fr))` }}>
        {answers.map((answer) => (
          <Column key={answer.id} answer={answer} />
        ))}
      </div>
    </div>
  );
}

function Column({ answer }: { answer: Message }) {
  const { t } = useTranslation();
  const { pick, busy } = useActions();
  const live = useLive(answer);
  const streaming = live.state === "streaming";
  return (
    <section aria-label={shortName(answer.model)} data-testid="compare-column" className="card flex min-w-0 flex-col overflow-hidden">
      <header className="flex h-9 shrink-0 items-center gap-2 border-b border-line pr-1.5 pl-3.5 text-s">
        <b className="min-w-0 flex-1 truncate font-semibold">{shortName(answer.model)}</b>
        {streaming ? <span className="px-2 text-xs text-accent">{t("chat.answering")}</span> : null}
        {!streaming && live.state !== "failed" ? (
          <Button look="ghost" className="h-[26px]! text-accent!" disabled={busy} onClick={() => pick(answer)} data-testid="pick">
            {t("compare.goOn")}
          </Button>
        ) : null}
      </header>
      <div className="min-w-0 flex-1 px-3.5 py-3 text-m leading-[1.6]">
        <Answer message={answer} siblings={alone} />
      </div>
    </section>
  );
}
