// A server, typed: a program to start or an address to call, and the secrets it wants, which go to the vault.
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import type { McpOffer, McpServer } from "../../../bindings";
import { Button, IconButton } from "../../../primitives/Button";
import { Drawer, DrawerBody, DrawerFoot } from "../../../primitives/Drawer";
import { Field, inputClass } from "../../../primitives/Field";
import { Segmented } from "../../../primitives/Segmented";
import { TextArea } from "../../../primitives/TextArea";
import type { Typed } from "./form";
import { isWhole, toSave, typedFrom } from "./form";
import { useServerChange } from "./useServerChange";

export function ServerForm({ from, onClose }: { from: McpServer | McpOffer | null; onClose: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const change = useServerChange();
  const [typed, setTyped] = useState(() => typedFrom(from));
  const [saving, setSaving] = useState(false);
  const known = from && "id" in from ? from : null;
  const set = (part: Partial<Typed>) => setTyped((now) => ({ ...now, ...part }));

  async function save() {
    setSaving(true);
    const done = await change(() => host.saveMcpServer(toSave(typed, known?.id ?? null, known?.enabled ?? true)));
    setSaving(false);
    if (done) onClose();
  }
  return (
    <Drawer onClose={onClose} title={known ? known.name : t("tools.add")} testid="server-form">
      <DrawerBody>
        <Field label={t("prompts.name")} data-testid="server-name" value={typed.name} onChange={(event) => set({ name: event.target.value })} />
        <Segmented
          label={t("tools.kind")}
          value={typed.kind}
          onChange={(kind) => set({ kind })}
          options={[
            { value: "stdio", label: t("tools.stdio") },
            { value: "http", label: t("tools.http") },
          ]}
        />
        {typed.kind === "http" ? (
          <>
            <Field label={t("tools.url")} mono placeholder="https://example.com/mcp" value={typed.url} onChange={(event) => set({ url: event.target.value })} />
            <Field label={t("tools.token")} type="password" hint={known ? t("tools.keepsSecret") : t("tools.toVault")} value={typed.token} onChange={(event) => set({ token: event.target.value })} />
          </>
        ) : (
          <>
            <Field label={t("tools.command")} mono data-testid="server-command" placeholder="npx -y @modelcontextprotocol/server-filesystem" hint={t("tools.commandNote")} value={typed.command} onChange={(event) => set({ command: event.target.value })} />
            <TextArea label={t("tools.args")} mono rows={3} value={typed.args} onChange={(event) => set({ args: event.target.value })} />
            <Variables env={typed.env} known={known !== null} onChange={(env) => set({ env })} />
          </>
        )}
      </DrawerBody>
      <DrawerFoot>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" data-testid="save-server" disabled={!isWhole(typed) || saving} onClick={() => void save()}>
          {t("common.save")}
        </Button>
      </DrawerFoot>
    </Drawer>
  );
}

function Variables({ env, known, onChange }: { env: Typed["env"]; known: boolean; onChange: (env: Typed["env"]) => void }) {
  const { t } = useTranslation();
  const put = (at: number, part: Partial<Typed["env"][number]>) => onChange(env.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset className="grid gap-1.5">
      <legend className="pb-1.5 text-s text-ink-2">{t("tools.env")}</legend>
      {env.map((one, at) => (
        <div key={at} className="flex gap-1.5">
          <input className={`${inputClass} font-mono`} aria-label={t("tools.envName")} placeholder="API_KEY" spellCheck={false} value={one.name} onChange={(event) => put(at, { name: event.target.value })} />
          <input className={inputClass} type="password" autoComplete="off" aria-label={t("tools.envValue", { name: one.name })} placeholder={known ? t("tools.unchanged") : ""} value={one.value} onChange={(event) => put(at, { value: event.target.value })} />
          <IconButton label={t("tools.removeEnv", { name: one.name })} onClick={() => onChange(env.filter((_, index) => index !== at))}>
            <X />
          </IconButton>
        </div>
      ))}
      <div className="flex items-center gap-2">
        <Button look="ghost" className="-ml-[11px]" onClick={() => onChange([...env, { name: "", value: "" }])}>
          <Plus />
          {t("tools.addEnv")}
        </Button>
      </div>
      <p className="text-xs text-ink-2">{known ? t("tools.keepsSecret") : t("tools.toVault")}</p>
    </fieldset>
  );
}
