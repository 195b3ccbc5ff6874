// One server: its state, how it is reached, and for each of its tools whether it asks first.
import { Pencil, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import type { McpServer, McpTransport, ToolPermission } from "../../../bindings";
import { inWords } from "../../../parts/problem";
import { Button, IconButton } from "../../../primitives/Button";
import { Callout } from "../../../primitives/Callout";
import { ConfirmDialog } from "../../../primitives/Dialog";
import { Pill } from "../../../primitives/Pill";
import type { Tone } from "../../../primitives/Pill";
import { Segmented } from "../../../primitives/Segmented";
import { Switch } from "../../../primitives/Switch";
import { useServerChange } from "./useServerChange";

const tones: Record<McpServer["state"], Tone> = { off: "neutral", starting: "accent", ready: "ok", failed: "bad" };

export function wayTo(transport: McpTransport): string {
  return transport.kind === "http" ? transport.url : [transport.command, ...transport.args].join(" ");
}

export function ServerCard({ server, onEdit }: { server: McpServer; onEdit: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const change = useServerChange();
  const [removing, setRemoving] = useState(false);
  const { id, name, transport, enabled, state, problem, tools } = server;
  return (
    <section className="card min-w-0 overflow-hidden" aria-label={name} data-testid="server">
      <header className="flex min-h-[46px] items-center gap-2.5 py-1.5 pr-2 pl-3.5">
        <h2 className="truncate font-semibold">{name}</h2>
        <Pill tone={tones[state]}>{state === "ready" ? t("tools.count", { count: tools.length }) : t(`tools.state.${enabled && state === "off" ? "idle" : state}`)}</Pill>
        <code className="min-w-0 flex-1 truncate text-xs text-ink-2" title={wayTo(transport)}>
          {wayTo(transport)}
        </code>
        <Switch label={t("tools.enable", { name })} on={enabled} onChange={(on) => change(() => host.saveMcpServer({ id, name, transport, enabled: on, secrets: [] }))} />
        <IconButton label={t("tools.edit")} onClick={onEdit}>
          <Pencil />
        </IconButton>
        <IconButton label={t("tools.remove")} onClick={() => setRemoving(true)}>
          <Trash2 />
        </IconButton>
      </header>
      {problem ? (
        <div className="px-3.5 pb-3">
          <Callout tone="bad" title={inWords(problem).message} text={inWords(problem).remedy}>
            <Button onClick={() => change(() => host.restartMcpServer(id))} data-testid="restart-server">
              <RotateCw />
              {t("tools.startAgain")}
            </Button>
          </Callout>
        </div>
      ) : null}
      {enabled && tools.length ? (
        <ul className="border-t border-line">
          {tools.map((tool) => (
            <li key={tool.name} data-testid="tool" className="flex items-center gap-4 border-b border-line px-3.5 py-2 last:border-b-0">
              <span className="grid min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <code className="truncate text-s font-medium">{tool.name}</code>
                  {tool.readOnly ? null : <span className="text-xs text-ink-2">{t("tools.writes")}</span>}
                </span>
                <small className="line-clamp-2 text-xs text-ink-2">{tool.description}</small>
              </span>
              <Segmented<ToolPermission>
                label={t("tools.permissionOf", { name: tool.name })}
                value={tool.permission}
                onChange={(permission) => change(() => host.setToolPermission(id, tool.name, permission))}
                options={(["ask", "always", "never"] as const).map((value) => ({ value, label: t(`tools.permission.${value}`) }))}
              />
            </li>
          ))}
        </ul>
      ) : null}
      <ConfirmDialog open={removing} onClose={() => setRemoving(false)} title={t("tools.removeTitle", { name })} description={t("tools.removeText")} action={t("tools.remove")} onConfirm={() => change(() => host.deleteMcpServer(id))} />
    </section>
  );
}
