// A key for a gateway: a name for people, the secret for the keychain. Whitespace from copying is dropped.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway, Key } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { useStatus } from "../../host/queries";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { DialogFoot } from "../../primitives/Dialog";
import { Field } from "../../primitives/Field";
import { VaultBanner } from "./VaultBanner";

type Props = { gateway: Gateway; hint: string | null; onSaved: (key: Key) => void; onCancel: () => void; cancel: string };

export function KeyForm({ gateway, hint, onSaved, onCancel, cancel }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const [name, setName] = useState(gateway.keys.length ? "" : t("keys.firstKeyName"));
  const [secret, setSecret] = useState("");
  const save = useMutation({
    mutationFn: () => host.addKey({ gateway: gateway.id, name: name.trim(), secret: secret.trim() }),
    onSuccess: (key) => {
      setSecret("");
      onSaved(key);
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const vault = useStatus()?.vault.state;
  const closed = vault === "missing" || vault === "locked";
  return (
    <div className="grid gap-4">
      {/* Beside the form, not in it: the passphrase has a form of its own. */}
      <VaultBanner />
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Field label={t("keys.keyName")} data-testid="key-name" value={name} onChange={(event) => setName(event.target.value)} hint={t("keys.keyNameHint")} />
        <Field
          label={t("keys.secret")}
          type="password"
          mono
          autoFocus
          data-testid="key-secret"
          value={secret}
          placeholder={hint ?? undefined}
          onChange={(event) => setSecret(event.target.value.trim())}
          hint={t("keys.secretHint")}
        />
        {problem && !closed ? <Callout role="alert" tone="bad" title={inWords(problem).message} text={inWords(problem).remedy} /> : null}
        <DialogFoot>
          <Button onClick={onCancel}>{cancel}</Button>
          <Button look="primary" type="submit" data-testid="key-save" disabled={!name.trim() || !secret || closed || save.isPending}>
            {t("keys.saveKey")}
          </Button>
        </DialogFoot>
      </form>
    </div>
  );
}
