// One local token: who uses it, how to use it, and the end of it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LocalToken } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { ConfirmDialog } from "../../primitives/Dialog";
import { fullMoment, useLocale } from "../../primitives/format";
import { Money } from "../../primitives/Money";
import { Pill } from "../../primitives/Pill";
import { Bar, Title } from "../../primitives/Stage";
import { Card } from "../../primitives/Table";
import { TimeAgo } from "../../primitives/TimeAgo";
import { tellProblem } from "../../primitives/toast";
import { HowToUse } from "./HowToUse";
import { LimitsCard } from "./LimitsCard";

export function TokenStage({ token, onGone }: { token: LocalToken; onGone: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const locale = useLocale();
  const client = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const revoke = useMutation({
    mutationFn: () => host.revokeToken(token.id),
    onSuccess: () => {
      onGone();
      return client.invalidateQueries({ queryKey: keys.tokens });
    },
    onError: (thrown) => tellProblem(inWords(asProblem(thrown))),
  });
  const pause = useMutation({
    mutationFn: () => host.pauseToken(token.id, !token.paused),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
    onError: (thrown) => tellProblem(inWords(asProblem(thrown))),
  });
  return (
    <>
      <Bar>
        <Title>{token.name}</Title>
        <code className="text-s text-ink-2">nxd-…{token.lastFour}</code>
        {token.paused ? <Pill tone="warn">{t("keys.paused")}</Pill> : null}
        <span className="flex-1" />
        <Button data-testid="token-pause" disabled={pause.isPending} onClick={() => pause.mutate()}>
          {token.paused ? t("keys.resume") : t("keys.pause")}
        </Button>
        <Button look="danger" data-testid="token-revoke" onClick={() => setLeaving(true)}>
          {t("keys.revoke")}
        </Button>
      </Bar>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid max-w-[1040px] content-start gap-[18px] px-6 pt-5 pb-7">
          <div className="grid grid-cols-3 gap-3">
            <Fact label={t("keys.created")}>{fullMoment(token.createdAt, locale)}</Fact>
            <Fact label={t("keys.lastUsed")}>{token.lastUsedAt === null ? t("keys.never") : <TimeAgo at={token.lastUsedAt} />}</Fact>
            <Fact label={t("keys.spentToday")}>
              <Money nano={token.spentToday.nano} estimated={token.spentToday.basis === "estimated"} />
            </Fact>
          </div>
          <LimitsCard token={token} />
          <Card title={t("keys.howToUse")} note={t("keys.howToUseNote")}>
            <div className="grid gap-3 p-3.5">
              <HowToUse secret={`nxd-…${token.lastFour}`} />
            </div>
          </Card>
        </div>
      </div>
      <ConfirmDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title={t("keys.revokeTitle", { name: token.name })}
        description={t("keys.revokeText")}
        action={t("keys.revoke")}
        onConfirm={() => revoke.mutate()}
      />
    </>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="card px-[15px] py-[13px]">
      <small className="text-s text-ink-2">{label}</small>
      <p className="num mt-0.5 text-l font-semibold tracking-[-.01em]">{children}</p>
    </div>
  );
}
