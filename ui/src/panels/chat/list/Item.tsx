// One conversation in the list: title, model, cost, and whether it answers, is unread, or is chosen with others.
import { clsx } from "clsx";
import { memo } from "react";
import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary } from "../../../bindings";
import { Money } from "../../../primitives/Money";
import { Dot } from "../../../primitives/Pill";
import { shortName } from "../models";
import { Inline } from "./Inline";

type Props = {
  conversation: ConversationSummary;
  open: boolean;
  picked: boolean;
  unread: boolean;
  inFolder: boolean;
  renaming: boolean;
  onClick: (one: ConversationSummary, event: MouseEvent) => void;
  onRename: (one: ConversationSummary, title: string | null) => void;
  onDrag: (one: ConversationSummary, event: React.DragEvent) => void;
};

export const Item = memo(function Item({ conversation: one, open, picked, unread, inFolder, renaming, onClick, onRename, onDrag }: Props) {
  const { t } = useTranslation();
  const { title, model, messages, cost, streaming } = one;
  if (renaming) {
    return (
      <div className={clsx("mx-1.5 flex h-full items-center px-[9px]", inFolder && "pl-6")}>
        <Inline label={t("chat.title")} name={title} onDone={(next) => onRename(one, next)} />
      </div>
    );
  }
  return (
    <button
      type="button"
      draggable
      data-testid="conversation-item"
      data-id={one.id}
      aria-current={open || undefined}
      aria-pressed={picked || undefined}
      onClick={(event) => onClick(one, event)}
      onDragStart={(event) => onDrag(one, event)}
      title={title}
      className={clsx(
        "mx-1.5 grid h-[48px] w-[calc(100%-12px)] grid-cols-[minmax(0,1fr)_auto] content-center gap-x-2 gap-y-px rounded-s px-[9px] text-left focus-visible:outline-offset-[-2px]",
        inFolder && "pl-6!",
        picked ? "bg-accent-soft shadow-[inset_0_0_0_1px_var(--accent)]" : open ? "bg-accent-soft" : "hover:bg-hover",
      )}
    >
      <b className={clsx("truncate", unread ? "font-semibold" : "font-medium")}>{title}</b>
      <span className="flex items-center gap-1.5 text-xs text-ink-2">
        {streaming || unread ? <Dot tone="accent" /> : null}
        {cost.nano === null ? null : <Money nano={cost.nano} estimated={cost.basis === "estimated"} />}
      </span>
      <small className="col-span-2 truncate text-xs text-ink-2">
        {streaming ? <span className="text-accent">{t("chat.answering")} · </span> : unread ? <span className="text-accent">{t("list.unread")} · </span> : null}
        {[shortName(model), t("chat.messages", { count: messages })].filter(Boolean).join(" · ")}
      </small>
    </button>
  );
});
