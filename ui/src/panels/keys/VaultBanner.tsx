// When keys cannot be kept, or are locked away: one sentence and the way out.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { useStatus } from "../../host/queries";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { Dialog, DialogFoot } from "../../primitives/Dialog";
import { Field } from "../../primitives/Field";

const SHORTEST = 8;

export function VaultBanner() {
  const { t } = useTranslation();
  const vault = useStatus()?.vault;
  const [open, setOpen] = useState(false);
  if (vault?.state !== "missing" && vault?.state !== "locked") return null;
  const missing = vault.state === "missing";
  return (
    <div>
      <Callout testid="vault" tone="warn" title={missing ? t("keys.vaultMissing") : t("keys.vaultLocked")} text={vault.sentence}>
        <Button look="primary" onClick={() => setOpen(true)} data-testid="vault-open">
          {missing ? t("keys.keepInFile") : t("keys.unlock")}
        </Button>
      </Callout>
      {open ? <Passphrase create={missing} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function Passphrase({ create, onClose }: { create: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const [phrase, setPhrase] = useState("");
  const [again, setAgain] = useState("");
  const open = useMutation({ mutationFn: () => (create ? host.createFileVault(phrase) : host.unlockVault(phrase)), onSuccess: onClose });
  const problem = open.error ? asProblem(open.error) : null;
  const differs = create && again !== "" && again !== phrase;
  const ready = create ? phrase.length >= SHORTEST && again === phrase : phrase !== "";
  return (
    <Dialog open onClose={onClose} title={create ? t("keys.keepInFile") : t("keys.unlockTitle")} description={create ? t("keys.fileText") : undefined}>
      <form
        className="grid gap-3.5"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) open.mutate();
        }}
      >
        <Field
          label={t("keys.passphrase")}
          type="password"
          autoFocus
          data-testid="passphrase"
          value={phrase}
          onChange={(event) => setPhrase(event.target.value)}
          hint={create ? t("keys.passphraseHint") : undefined}
          error={problem ? [inWords(problem).message, inWords(problem).remedy].filter(Boolean).join(" ") : null}
        />
        {create ? (
          <Field
            label={t("keys.passphraseAgain")}
            type="password"
            data-testid="passphrase-again"
            value={again}
            onChange={(event) => setAgain(event.target.value)}
            error={differs ? t("keys.passphraseDiffers") : null}
          />
        ) : null}
        <DialogFoot>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit" data-testid="vault-save" disabled={!ready || open.isPending}>
            {open.isPending ? t(create ? "keys.creating" : "keys.unlocking") : create ? t("keys.createFile") : t("keys.unlock")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
