// Parameters that gateways were found not to take, so that they are left out or renamed; each can be forgotten.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Learned } from "../../../bindings";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import { inWords } from "../../../parts/problem";
import { Button } from "../../../primitives/Button";
import { Card } from "../../../primitives/Table";
import { TimeAgo } from "../../../primitives/TimeAgo";
import { tellProblem } from "../../../primitives/toast";

export function LearnedCard() {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const learned = useQuery({ queryKey: keys.learned, queryFn: () => host.listLearned(), refetchOnMount: "always" });
  const forget = useMutation({
    mutationFn: (one: Learned) => host.forgetLearned(one.gateway, one.model, one.parameter),
    onError: (thrown) => tellProblem(inWords(asProblem(thrown))),
    onSettled: () => client.invalidateQueries({ queryKey: keys.learned }),
  });
  const rows = learned.data ?? [];
  return (
    <Card title={t("relay.rules.learned")} note={t("relay.rules.learnedNote")}>
      {learned.error ? <p className="px-3.5 py-3 text-s text-bad">{asProblem(learned.error).message}</p> : null}
      {learned.isSuccess && !rows.length ? <p className="px-3.5 py-4 text-s text-ink-2">{t("relay.rules.nothingLearned")}</p> : null}
      <ul className="selectable">
        {rows.map((one) => (
          <li key={`${one.gateway} ${one.model} ${one.parameter}`} data-testid="learned" className="flex items-center gap-3 border-b border-line py-2 pr-2 pl-3.5 text-s last:border-b-0">
            <div className="min-w-0 flex-1">
              <p className="[overflow-wrap:anywhere]">
                <code className="font-semibold">{one.parameter}</code> {one.becomes === null ? t("relay.rules.leftOut") : t("relay.rules.becomes", { name: one.becomes })}{" "}
                <span className="text-ink-2">
                  {one.gatewayName}
                  {one.model ? ` · ${one.model}` : ""} · <TimeAgo at={one.learnedAt} />
                </span>
              </p>
              <p className="text-ink-2 [overflow-wrap:anywhere]">“{one.said}”</p>
            </div>
            <Button data-testid="forget" disabled={forget.isPending} onClick={() => forget.mutate(one)}>
              {t("relay.rules.forget")}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
