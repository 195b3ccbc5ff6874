// One tool: stop it for now, for good, or say what it may do.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LocalToken } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import { LimitsForm } from "../../parts/tokens/LimitsForm";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { ConfirmDialog } from "../../primitives/Dialog";
import { Drawer } from "../../primitives/Drawer";
import { fullMoment, useLocale } from "../../primitives/format";
import { Pill } from "../../primitives/Pill";
import { tellProblem } from "../../primitives/toast";
import { useMinute } from "../../primitives/useMinute";

export function ToolDrawer({ token, onClose }: { token: LocalToken; onClose: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const locale = useLocale();
  const client = useQueryClient();
  const now = useMinute();
  const [leaving, setLeaving] = useState(false);
  const fresh = () => client.invalidateQueries({ queryKey: keys.tokens });
  const onError = (thrown: unknown) => tellProblem(inWords(asProblem(thrown)));
  const pause = useMutation({ mutationFn: () => host.pauseToken(token.id, !token.paused), onSuccess: fresh, onError });
  const revoke = useMutation({
    mutationFn: () => host.revokeToken(token.id),
    onSuccess: () => {
      onClose();
      return fresh();
    },
    onError,
  });
  const { expiresAt } = token.limits;
  const actions = (
    <>
      <Button data-testid="tool-pause" disabled={pause.isPending} onClick={() => pause.mutate()}>
        {token.paused ? t("keys.resume") : t("keys.pause")}
      </Button>
      <Button look="danger" data-testid="tool-revoke" onClick={() => setLeaving(true)}>
        {t("keys.revoke")}
      </Button>
    </>
  );
  const note = (
    <>
      <code className="text-s whitespace-nowrap text-ink-2">nxd-…{token.lastFour}</code>
      {token.paused ? <Pill tone="warn">{t("keys.paused")}</Pill> : null}
    </>
  );
  return (
    <Drawer testid="tool-drawer" onClose={onClose} title={token.name} note={note} actions={actions} width={600}>
      <LimitsForm token={token} onDone={onClose}>
        {expiresAt !== null && expiresAt <= now ? <Callout tone="bad" title={t("relay.expiredAt", { when: fullMoment(expiresAt, locale) })} /> : null}
      </LimitsForm>
      <ConfirmDialog open={leaving} onClose={() => setLeaving(false)} title={t("keys.revokeTitle", { name: token.name })} description={t("keys.revokeText")} action={t("keys.revoke")} onConfirm={() => revoke.mutate()} />
    </Drawer>
  );
}
