// When Nexdesk could not open its data: who or what stands in the way, what to do, and another try. Nothing else would work.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Problem } from "../bindings";
import { useHost } from "../host/context";
import { asProblem } from "../host/problem";
import { inWords } from "../parts/problem";
import { Button } from "../primitives/Button";
import { Logo } from "./Logo";

export function StartTrouble({ problem: first }: { problem: Problem }) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  // The panels asked in vain: once there is an app, they ask again.
  const again = useMutation({ mutationFn: () => host.openAgain(), onSuccess: () => client.resetQueries() });
  const problem = again.error ? asProblem(again.error) : first;
  return (
    <main className="grid h-full place-items-center overflow-auto bg-bg p-8">
      <div role="alert" data-testid="start-trouble" className="selectable grid w-full max-w-[520px] gap-3 pb-[8vh]">
        <Logo size={48} />
        <h1 className="mt-2 text-xl font-semibold tracking-[-.02em]">{t("start.title")}</h1>
        <p className="text-read leading-[1.6] [overflow-wrap:anywhere]">{inWords(problem).message}</p>
        {inWords(problem).remedy ? <p className="text-read leading-[1.6] text-ink-2 [overflow-wrap:anywhere]">{inWords(problem).remedy}</p> : null}
        <div className="mt-2 flex items-center gap-3">
          <Button look="primary" autoFocus data-testid="open-again" disabled={again.isPending} onClick={() => again.mutate()}>
            {again.isPending ? t("start.trying") : t("common.tryAgain")}
          </Button>
          <span className="text-s text-ink-2">{t("start.kept")}</span>
        </div>
      </div>
    </main>
  );
}
