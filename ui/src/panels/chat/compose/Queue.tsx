// Messages that wait for the answer to end. Each can be taken back into the composer or thrown away.
import { CornerDownRight, Pencil, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { QueuedMessage } from "../../../bindings";
import { Button, IconButton } from "../../../primitives/Button";
import { shortName } from "../models";

type Props = { queue: QueuedMessage[]; /** Set where nothing streams, and so nothing will send them. */ onSendNow: (() => void) | null; onEdit: (one: QueuedMessage) => void; onRemove: (id: string) => void };

export function Queue({ queue, onSendNow, onEdit, onRemove }: Props) {
  const { t } = useTranslation();
  if (!queue.length) return null;
  return (
    <ul aria-label={t("compose.queue")} className="mx-auto mb-1.5 grid w-[calc(100%-48px)] max-w-[780px] shrink-0 gap-1">
      {queue.map((one, index) => (
        <li key={one.id} data-testid="queued" className="card flex h-9 items-center gap-1 pr-1 pl-3 text-s">
          <CornerDownRight aria-hidden className="mr-1 size-3.5 shrink-0 text-ink-3" />
          <span className="shrink-0 text-ink-2">{t("compose.queued", { model: shortName(one.model) })}</span>
          <span className="min-w-0 flex-1 truncate">
            {one.text || one.attachments.map((file) => file.name).join(", ")}
          </span>
          {index === 0 && onSendNow ? (
            <Button className="h-[26px]!" onClick={onSendNow} data-testid="send-queued">
              {t("compose.sendNow")}
            </Button>
          ) : null}
          <IconButton label={t("compose.editQueued")} className="size-[26px]!" onClick={() => onEdit(one)}>
            <Pencil />
          </IconButton>
          <IconButton label={t("compose.unqueue")} className="size-[26px]!" onClick={() => onRemove(one.id)}>
            <X />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
