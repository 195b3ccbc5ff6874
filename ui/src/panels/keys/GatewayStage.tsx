// One gateway: its keys, where it is, what it offers, and whether it answers.
import { useMutation } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { inWords } from "../../parts/problem";
import { Button, IconButton } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { ConfirmDialog, Dialog } from "../../primitives/Dialog";
import { Pill } from "../../primitives/Pill";
import { Bar, Title } from "../../primitives/Stage";
import { tellProblem } from "../../primitives/toast";
import { CheckResult } from "./CheckResult";
import { ConnectionCard } from "./ConnectionCard";
import { KeyForm } from "./KeyForm";
import { KeysCard } from "./KeysCard";
import { ModelsCard } from "./ModelsCard";
import { gatewayTone } from "./states";
import { useCheck } from "./useCheck";
import { VaultBanner } from "./VaultBanner";

export function GatewayStage({ gateway }: { gateway: Gateway }) {
  const { t } = useTranslation();
  const host = useHost();
  const check = useCheck(gateway.id);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const remove = useMutation({ mutationFn: () => host.removeGateway(gateway.id), onError: (thrown) => tellProblem(inWords(asProblem(thrown))) });
  const known = check.data ? null : gateway.lastProblem;
  return (
    <>
      <Bar>
        <Title>{gateway.name}</Title>
        <Pill tone={gatewayTone[gateway.state]}>{t(`keys.gatewayState.${gateway.state}`)}</Pill>
        {gateway.sandbox ? <Pill tone="accent">{t("keys.sandbox")}</Pill> : null}
        <span className="flex-1" />
        <Button data-testid="check" disabled={check.isPending || (gateway.needsKey && !gateway.keys.length)} onClick={() => check.mutate(null)}>
          {check.isPending ? t("keys.checkingNow") : t("keys.check")}
        </Button>
        {gateway.needsKey ? (
          <Button look="primary" data-testid="add-key" onClick={() => setAdding(true)}>
            <Plus />
            {t("keys.addKey")}
          </Button>
        ) : null}
        {gateway.sandbox ? null : (
          <IconButton label={t("keys.removeGateway")} onClick={() => setLeaving(true)}>
            <Trash2 />
          </IconButton>
        )}
      </Bar>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid max-w-[1040px] content-start gap-[18px] px-6 pt-5 pb-7">
          <VaultBanner />
          {check.data ? <CheckResult check={check.data} /> : null}
          {known ? <Callout tone="bad" title={known.message} text={known.remedy} /> : null}
          {gateway.sandbox ? <Callout tone="neutral" title={t("keys.sandboxTitle")} text={t("keys.sandboxText")} /> : null}
          {gateway.needsKey ? <KeysCard gateway={gateway} onAdd={() => setAdding(true)} /> : null}
          <ConnectionCard key={gateway.id} gateway={gateway} />
          <ModelsCard gateway={gateway} />
        </div>
      </div>
      <Dialog open={adding} onClose={() => setAdding(false)} title={t("keys.keyFor", { name: gateway.name })}>
        <KeyForm
          gateway={gateway}
          hint={null}
          cancel={t("common.cancel")}
          onCancel={() => setAdding(false)}
          onSaved={(key) => {
            setAdding(false);
            check.mutate(key.id);
          }}
        />
      </Dialog>
      <ConfirmDialog
        open={leaving}
        onClose={() => setLeaving(false)}
        title={t("keys.removeGatewayTitle", { name: gateway.name })}
        description={t("keys.removeGatewayText", { count: gateway.keys.length })}
        action={t("keys.removeGateway")}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}
