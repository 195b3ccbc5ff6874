// Where a gateway is: its base URL, to change, and its own console.
import { useMutation } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { Button } from "../../primitives/Button";
import { inputClass } from "../../primitives/Field";
import { Card } from "../../primitives/Table";
import { baseOf } from "./address";

export function ConnectionCard({ gateway }: { gateway: Gateway }) {
  const { t } = useTranslation();
  const host = useHost();
  const [address, setAddress] = useState(gateway.baseUrl);
  const { base, cut } = baseOf(address);
  const save = useMutation({
    mutationFn: () => host.updateGateway({ id: gateway.id, name: gateway.name, baseUrl: base }),
    onSuccess: (saved) => setAddress(saved.baseUrl),
  });
  const changed = base !== gateway.baseUrl && base !== "";
  const note = save.error ? asProblem(save.error).message : cut ? t("keys.endpointCut", { base, cut }) : null;
  return (
    <Card title={t("keys.connection")}>
      <div className="grid grid-cols-[150px_minmax(0,1fr)] items-center gap-x-4 gap-y-2.5 px-4 py-3.5">
        <label htmlFor="connection-url" className="text-ink-2">
          {t("keys.baseUrl")}
        </label>
        <form
          className="flex items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (changed) save.mutate();
          }}
        >
          <input
            id="connection-url"
            data-testid="connection-url"
            className={`${inputClass} font-mono`}
            value={address}
            readOnly={gateway.sandbox}
            spellCheck={false}
            aria-describedby="connection-note"
            onChange={(event) => setAddress(event.target.value)}
          />
          {changed ? (
            <Button look="primary" type="submit" disabled={save.isPending}>
              {t("common.save")}
            </Button>
          ) : null}
        </form>
        {note ? (
          <p id="connection-note" className={`col-start-2 text-xs ${save.error ? "text-bad" : "text-ink-2"}`}>
            {note}
          </p>
        ) : null}
        {gateway.console ? (
          <>
            <span className="text-ink-2">{t("keys.console")}</span>
            <button type="button" className="inline-flex items-center gap-1.5 justify-self-start rounded-[4px] text-accent hover:underline" onClick={() => void host.openUrl(gateway.console ?? "")}>
              {new URL(gateway.console).host}
              <ExternalLink className="size-3.5" />
            </button>
          </>
        ) : null}
      </div>
    </Card>
  );
}
