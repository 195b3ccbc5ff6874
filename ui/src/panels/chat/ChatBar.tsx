// The bar over a thread: its title, who answers, how full the context is, what it cost so far, and what can be done with it.
import { Archive, ArchiveRestore, Ellipsis, FileDown, Pencil, Pin, PinOff, Printer, SlidersHorizontal, Sparkles, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary, ExportFormat, Model } from "../../bindings";
import { IconButton } from "../../primitives/Button";
import { count, useLocale } from "../../primitives/format";
import { Menu } from "../../primitives/Menu";
import { Money } from "../../primitives/Money";
import { Pill } from "../../primitives/Pill";
import { Bar } from "../../primitives/Stage";
import { percentOf, shareOf } from "./context/Ring";
import { ModelPicker } from "./ModelPicker";
import type { Totals } from "./totals";

type Props = {
  summary: ConversationSummary | null;
  models: Model[];
  chosen: Model[];
  onChoose: (ids: string[]) => void;
  context: { used: number; window: number } | null;
  totals: Totals;
  onSettings: () => void;
  /** Whether something in the settings differs from what every conversation begins with. */
  tuned: boolean;
  onRename: (title: string) => void;
  onDelete: () => void;
  onPin: () => void;
  onArchive: () => void;
  onCompact: () => void;
  onExport: (format: ExportFormat) => void;
  onPrint: () => void;
};

export function ChatBar(props: Props) {
  const { summary, models, chosen, context, tuned } = props;
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  return (
    <Bar>
      {summary && editing ? (
        <TitleField
          title={summary.title}
          onDone={(title) => {
            setEditing(false);
            if (title) props.onRename(title);
          }}
        />
      ) : (
        <h1 className="min-w-[60px] truncate text-[15px] font-semibold tracking-[-.01em]" title={summary?.title} onDoubleClick={() => setEditing(summary !== null)}>
          {summary?.title ?? t("chat.new")}
        </h1>
      )}
      <ModelPicker models={models} chosen={chosen} onChoose={props.onChoose} />
      <span className="flex-1" />
      {context ? <ContextPill {...context} /> : null}
      {summary && summary.cost.nano !== null ? <CostPill summary={summary} totals={props.totals} /> : null}
      <IconButton label={t("tuning.open")} data-testid="conversation-settings" onClick={props.onSettings} className={tuned ? "text-accent!" : undefined}>
        <SlidersHorizontal />
      </IconButton>
      {summary ? <More {...props} summary={summary} onEdit={() => setEditing(true)} /> : null}
    </Bar>
  );
}

function ContextPill({ used, window }: { used: number; window: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const percent = percentOf(shareOf(used, window));
  const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(window);
  return (
    <span className="max-[1180px]:hidden">
      <Pill title={t("context.used", { percent, used: count(used, locale), window: count(window, locale) })}>
        <span className="num">
          {t("context.pill")} <b className="font-semibold text-ink">{percent}%</b> {t("context.of", { window: short })}
        </span>
      </Pill>
    </span>
  );
}

function CostPill({ summary, totals }: { summary: ConversationSummary; totals: Totals }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const about = totals.estimated ? "≈ " : "";
  const tokens = t("chat.totals", { input: about + count(totals.input, locale), cached: count(totals.cached, locale), output: about + count(totals.output, locale) });
  return (
    <span data-testid="conversation-total">
      <Pill title={`${t("chat.costOfConversation")}\n${tokens}`}>
        <b className="font-semibold text-ink">
          <Money nano={summary.cost.nano} estimated={summary.cost.basis === "estimated"} />
        </b>
        <span className="num max-[1320px]:hidden">
          {about}
          {t("compose.tokens", { count: totals.input + totals.output, shown: count(totals.input + totals.output, locale) })}
        </span>
      </Pill>
    </span>
  );
}

function More({ summary, onEdit, onDelete, onPin, onArchive, onCompact, onExport, onPrint }: Props & { summary: ConversationSummary; onEdit: () => void }) {
  const { t } = useTranslation();
  return (
    <Menu
      trigger={
        <IconButton label={t("common.more")}>
          <Ellipsis />
        </IconButton>
      }
      actions={[
        { label: t("chat.rename"), icon: <Pencil />, onPick: onEdit },
        summary.pinned ? { label: t("list.unpin"), icon: <PinOff />, onPick: onPin } : { label: t("list.pin"), icon: <Pin />, onPick: onPin },
        summary.archived ? { label: t("list.unarchive"), icon: <ArchiveRestore />, onPick: onArchive } : { label: t("list.archive"), icon: <Archive />, onPick: onArchive },
        { label: t("context.compactNow"), icon: <Sparkles />, onPick: onCompact, disabled: summary.messages < 4 },
        {
          label: t("export.title"),
          icon: <FileDown />,
          apart: true,
          more: [
            { label: "Markdown", onPick: () => onExport("markdown") },
            { label: "HTML", onPick: () => onExport("html") },
            { label: "JSON", onPick: () => onExport("json") },
            { label: t("export.print"), icon: <Printer />, onPick: onPrint, apart: true, testid: "print" },
          ],
        },
        { label: t("chat.delete"), icon: <Trash2 />, onPick: onDelete, danger: true, apart: true },
      ]}
    />
  );
}

function TitleField({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const left = useRef(false);
  useEffect(() => field.current?.select(), []);
  function leave(next: string | null) {
    if (left.current) return; // Enter also blurs
    left.current = true;
    onDone(next && next !== title ? next : null);
  }
  return (
    <input
      ref={field}
      aria-label={t("chat.title")}
      defaultValue={title}
      onBlur={(event) => leave(event.target.value.trim())}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing || event.keyCode === 229) return;
        if (event.key === "Enter") leave(event.currentTarget.value.trim());
        if (event.key === "Escape") leave(null);
      }}
      className="h-[30px] max-w-[360px] min-w-[120px] flex-1 rounded-s border border-line bg-panel px-2 text-[15px] font-semibold"
    />
  );
}
