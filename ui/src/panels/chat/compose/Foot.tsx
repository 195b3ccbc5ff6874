// Under the field: what can be added, how hard to think, what sending costs, and the button that sends or stops.
import { ArrowUp, Brain, Camera, ListPlus, Paperclip, Plus, Slash, Square } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSettings, Estimate } from "../../../bindings";
import { Button } from "../../../primitives/Button";
import { count, useLocale } from "../../../primitives/format";
import { Menu } from "../../../primitives/Menu";
import { Money } from "../../../primitives/Money";
import { Ring } from "../context/Ring";
import { ToolChooser } from "../tools/ToolChooser";

export const EFFORTS = ["minimal", "low", "medium", "high"] as const;

type Props = {
  settings: ConversationSettings;
  onSettings: (change: Partial<ConversationSettings>) => void;
  onFiles: (files: FileList) => void;
  onScreenshot: () => void;
  onPrompts: () => void;
  onTools: () => void;
  estimate: Estimate | null;
  /** Whether there is something to send. */
  ready: boolean;
  onSend: () => void;
  onStop: (() => void) | null;
  closed: boolean;
};

export function Foot({ settings, onSettings, onFiles, onScreenshot, onPrompts, onTools, estimate, ready, onSend, onStop, closed }: Props) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div className="flex h-[34px] items-center gap-0.5">
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        onChange={(event) => {
          if (event.target.files) onFiles(event.target.files);
          event.target.value = ""; // the same file may be chosen again
        }}
      />
      <Menu
        side="top"
        align="start"
        trigger={
          <Button look="ghost" data-testid="attach" disabled={closed} aria-label={t("compose.attach")} title={t("compose.attach")}>
            <Plus />
            <span className="max-[1060px]:hidden">{t("compose.attach")}</span>
          </Button>
        }
        actions={[
          { label: t("compose.files"), icon: <Paperclip />, onPick: () => picker.current?.click() },
          { label: t("compose.screenshot"), icon: <Camera />, onPick: onScreenshot, testid: "screenshot" },
          { label: t("compose.prompt"), icon: <Slash />, hint: "/", onPick: onPrompts, apart: true },
        ]}
      />
      <ToolChooser chosen={settings.mcpServers} onChoose={(mcpServers) => onSettings({ mcpServers })} onManage={onTools} />
      <Effort effort={settings.reasoningEffort} onChoose={(reasoningEffort) => onSettings({ reasoningEffort })} />
      <span className="flex-1" />
      {estimate && ready ? <Cost estimate={estimate} /> : null}
      {estimate && ready && !estimate.fits ? (
        <span data-testid="too-long" className="text-xs whitespace-nowrap text-bad">
          {t("compose.tooLong")}
        </span>
      ) : null}
      {estimate?.contextWindow && estimate.input > 0 ? (
        <span className="mx-1.5 grid">
          <Ring used={estimate.input} window={estimate.contextWindow} />
        </span>
      ) : null}
      {onStop && ready ? (
        <Button data-testid="queue" onClick={onSend} title={t("compose.queueHint")} className="mr-1.5">
          <ListPlus />
          {t("compose.enqueue")}
        </Button>
      ) : null}
      {onStop ? (
        <Button look="primary" data-testid="stop" onClick={onStop} title={t("chat.stopHint")}>
          <Square className="fill-current" />
          {t("chat.stop")}
        </Button>
      ) : (
        <Button look="primary" data-testid="send" disabled={!ready || closed} onClick={onSend}>
          <ArrowUp />
          {t("chat.send")}
        </Button>
      )}
    </div>
  );
}

function Cost({ estimate }: { estimate: Estimate }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <span data-testid="estimate" title={t("compose.estimateNote")} className="num truncate px-1.5 text-xs text-ink-2">
      ≈ {t("compose.tokens", { count: estimate.input, shown: count(estimate.input, locale) })}
      {estimate.cost ? (
        <>
          {" · "}
          <Money nano={estimate.cost.nano} estimated />
        </>
      ) : null}
    </span>
  );
}

function Effort({ effort, onChoose }: { effort: string | null; onChoose: (effort: string | null) => void }) {
  const { t } = useTranslation();
  const name = (one: string | null) => EFFORTS.filter((known) => known === one).map((known) => t(`compose.effort.${known}`))[0] ?? one ?? t("compose.effort.auto");
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <Button look="ghost" data-testid="effort" aria-label={t("compose.think", { effort: name(effort) })} title={t("compose.thinkNote")}>
          <Brain />
          <span className="max-[1060px]:hidden">{t("compose.think", { effort: name(effort) })}</span>
          <span className="hidden max-[1060px]:inline">{name(effort)}</span>
        </Button>
      }
      actions={[null, ...EFFORTS].map((one) => ({ label: name(one), checked: one === effort, onPick: () => onChoose(one) }))}
    />
  );
}
