// Which servers' tools this conversation may call.
import { Wrench } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServers } from "../../../host/queries";
import type { McpServer } from "../../../bindings";
import { inWords } from "../../../parts/problem";
import { Button } from "../../../primitives/Button";
import { Popover } from "../../../primitives/Popover";
import { Dot } from "../../../primitives/Pill";
import type { Tone } from "../../../primitives/Pill";
import { Switch } from "../../../primitives/Switch";

const tones: Record<McpServer["state"], Tone> = { off: "neutral", starting: "warn", ready: "ok", failed: "bad" };

type Props = { chosen: string[]; onChoose: (ids: string[]) => void; onManage: () => void };

export function ToolChooser({ chosen, onChoose, onManage }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const servers = useServers() ?? [];
  const inUse = servers.filter((one) => chosen.includes(one.id));
  const tools = inUse.reduce((sum, one) => sum + one.tools.filter((tool) => tool.permission !== "never").length, 0);
  const trigger = (
    <Button look="ghost" data-testid="tools" aria-label={t("tools.choose")} title={t("tools.choose")} className={inUse.length ? "text-accent!" : undefined}>
      <Wrench />
      {tools ? t("tools.count", { count: tools }) : t("tools.title")}
    </Button>
  );
  return (
    <Popover trigger={trigger} open={open} onOpenChange={setOpen} side="top" label={t("tools.choose")}>
      <div className="w-[320px]">
        {servers.length ? (
          <ul className="max-h-[300px] overflow-y-auto p-1.5">
            {servers.map((server) => (
              <li key={server.id} className="flex min-h-9 items-center gap-2.5 rounded-s px-2 py-1">
                <Dot tone={tones[server.state]} />
                <span className="grid min-w-0 flex-1">
                  <span className="truncate">{server.name}</span>
                  <small className="truncate text-xs text-ink-2">{server.state === "ready" ? t("tools.count", { count: server.tools.length }) : ((server.problem && inWords(server.problem).message) ?? t(`tools.state.${server.enabled && server.state === "off" ? "idle" : server.state}`))}</small>
                </span>
                <Switch label={t("tools.use", { name: server.name })} on={chosen.includes(server.id)} onChange={(on) => onChoose(on ? [...chosen, server.id] : chosen.filter((id) => id !== server.id))} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="px-3.5 pt-3 pb-2 text-s text-ink-2">{t("tools.noneYet")}</p>
        )}
        <div className="border-t border-line p-1.5">
          <Button
            look="ghost"
            className="w-full justify-start!"
            onClick={() => {
              setOpen(false);
              onManage();
            }}
          >
            {t("tools.manage")}
          </Button>
        </div>
      </div>
    </Popover>
  );
}
