// The bar over a thread: its title, the model, what it cost so far, rename and delete.
import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary, Model } from "../../bindings";
import { IconButton } from "../../primitives/Button";
import { Menu } from "../../primitives/Menu";
import { Money } from "../../primitives/Money";
import { Pill } from "../../primitives/Pill";
import { Bar } from "../../primitives/Stage";
import { ModelPicker } from "./ModelPicker";

type Props = {
  summary: ConversationSummary | null;
  models: Model[];
  model: Model | undefined;
  onModel: (id: string) => void;
  onRename: (title: string) => void;
  onDelete: () => void;
};

export function ChatBar({ summary, models, model, onModel, onRename, onDelete }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  return (
    <Bar>
      {summary && editing ? (
        <TitleField
          title={summary.title}
          onDone={(title) => {
            setEditing(false);
            if (title) onRename(title);
          }}
        />
      ) : (
        <h1 className="min-w-0 truncate text-[15px] font-semibold tracking-[-.01em]" title={summary?.title} onDoubleClick={() => setEditing(summary !== null)}>
          {summary?.title ?? t("chat.new")}
        </h1>
      )}
      <ModelPicker models={models} model={model} onPick={onModel} />
      <span className="flex-1" />
      {summary ? (
        <>
          {summary.cost.nano === null ? null : (
            <Pill title={t("chat.costOfConversation")}>
              <b className="font-semibold text-ink">
                <Money nano={summary.cost.nano} estimated={summary.cost.basis === "estimated"} />
              </b>
            </Pill>
          )}
          <Menu
            trigger={
              <IconButton label={t("common.more")}>
                <Ellipsis />
              </IconButton>
            }
            actions={[
              { label: t("chat.rename"), icon: <Pencil />, onPick: () => setEditing(true) },
              { label: t("chat.delete"), icon: <Trash2 />, onPick: onDelete, danger: true },
            ]}
          />
        </>
      ) : null}
    </Bar>
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
