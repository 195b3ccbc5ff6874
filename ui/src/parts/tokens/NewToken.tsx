// A new token for a local tool: named, then shown once and never again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewToken as Created } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import { inWords } from "../problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { CopyButton } from "../../primitives/CopyButton";
import { Dialog, DialogFoot } from "../../primitives/Dialog";
import { Field } from "../../primitives/Field";

type Props = { onClose: () => void; onCreated: (id: string) => void };

export function NewToken({ onClose, onCreated }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: () => host.createToken(name.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  const close = () => {
    if (create.data) onCreated(create.data.token.id);
    onClose();
  };
  if (create.data) return <ShownOnce created={create.data} onClose={close} />;
  const problem = create.error ? asProblem(create.error) : null;
  return (
    <Dialog open onClose={close} title={t("keys.newToken")} description={t("keys.newTokenText")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) create.mutate();
        }}
      >
        <Field
          label={t("keys.tokenName")}
          data-testid="token-name"
          autoFocus
          value={name}
          placeholder="Claude Code"
          onChange={(event) => setName(event.target.value)}
          error={problem ? [inWords(problem).message, inWords(problem).remedy].filter(Boolean).join(" ") : null}
        />
        <DialogFoot>
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit" data-testid="token-save" disabled={!name.trim() || create.isPending}>
            {t("keys.createToken")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

function ShownOnce({ created, onClose }: { created: Created; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog open onClose={onClose} title={t("keys.tokenReady", { name: created.token.name })} width={520}>
      <div className="flex items-center gap-2">
        <code data-testid="token-secret" className="selectable min-w-0 flex-1 rounded-s border border-line bg-bg px-2.5 py-[7px] text-s break-all">
          {created.secret}
        </code>
        <CopyButton text={created.secret} look="primary" />
      </div>
      <div className="mt-3.5">
        <Callout tone="warn" title={t("keys.shownOnce")} text={t("keys.shownOnceText")} />
      </div>
      <DialogFoot>
        <Button onClick={onClose} data-testid="token-done">
          {t("common.done")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
