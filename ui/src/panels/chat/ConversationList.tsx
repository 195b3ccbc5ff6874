// Every conversation, newest first, with a search over titles and text.
import { clsx } from "clsx";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary } from "../../bindings";
import { useConversations } from "../../host/queries";
import { IconButton } from "../../primitives/Button";
import { Dialog, DialogFoot } from "../../primitives/Dialog";
import { Button } from "../../primitives/Button";
import { Field, inputClass } from "../../primitives/Field";
import { Kbd, modifier } from "../../primitives/Kbd";
import { ContextMenu } from "../../primitives/Menu";
import { Money } from "../../primitives/Money";
import { Group, List } from "../../primitives/Stage";
import { byAge } from "./groups";
import { shortName } from "./models";

type Props = {
  chosen: string | null;
  onOpen: (id: string | null) => void;
  onRename: (id: string, title: string) => void;
  onDelete: (conversation: ConversationSummary) => void;
};

export function ConversationList({ chosen, onOpen, onRename, onDelete }: Props) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [renaming, setRenaming] = useState<ConversationSummary | null>(null);
  const list = useConversations(search).data ?? [];
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f") {
        event.preventDefault();
        field.current?.focus();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);

  const bar = (
    <>
      <div className="relative min-w-0 flex-1">
        <input
          ref={field}
          type="search"
          className={clsx(inputClass, "pr-14 [&::-webkit-search-cancel-button]:hidden")}
          placeholder={t("chat.search")}
          aria-label={t("chat.search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && setSearch("")}
        />
        {search ? null : (
          <span className="pointer-events-none absolute top-[5px] right-2">
            <Kbd>{`${modifier} F`}</Kbd>
          </span>
        )}
      </div>
      <IconButton look="primary" label={t("chat.new")} data-testid="new-chat" onClick={() => onOpen(null)}>
        <Plus />
      </IconButton>
    </>
  );
  return (
    <List label={t("chat.conversations")} bar={bar}>
      {byAge(list, Date.now()).map(({ age, conversations }) => (
        <section key={age} aria-label={t(`chat.age.${age}`)}>
          <Group>{t(`chat.age.${age}`)}</Group>
          {conversations.map((one) => (
            <ContextMenu
              key={one.id}
              actions={[
                { label: t("chat.rename"), icon: <Pencil />, onPick: () => setRenaming(one) },
                { label: t("chat.delete"), icon: <Trash2 />, onPick: () => onDelete(one), danger: true },
              ]}
            >
              <Item conversation={one} chosen={one.id === chosen} onOpen={() => onOpen(one.id)} />
            </ContextMenu>
          ))}
        </section>
      ))}
      {list.length === 0 ? <p className="px-3.5 py-6 text-s text-ink-2">{search ? t("chat.nothingFound") : t("chat.none")}</p> : null}
      {renaming ? (
        <RenameDialog
          conversation={renaming}
          onClose={() => setRenaming(null)}
          onRename={(title) => {
            onRename(renaming.id, title);
            setRenaming(null);
          }}
        />
      ) : null}
    </List>
  );
}

type ItemProps = { conversation: ConversationSummary; chosen: boolean; onOpen: () => void };

function Item({ conversation, chosen, onOpen, ...trigger }: ItemProps) {
  const { t } = useTranslation();
  const { title, model, messages, cost, streaming } = conversation;
  return (
    <button
      {...trigger}
      type="button"
      data-testid="conversation-item"
      aria-current={chosen || undefined}
      onClick={onOpen}
      title={title}
      className={clsx(
        "mx-1.5 grid w-[calc(100%-12px)] grid-cols-[minmax(0,1fr)_auto] gap-x-2 gap-y-px rounded-s px-[9px] py-[7px] text-left focus-visible:outline-offset-[-2px]",
        chosen ? "bg-accent-soft" : "hover:bg-hover",
      )}
    >
      <b className="truncate font-medium">{title}</b>
      <span className="text-xs text-ink-2">{cost.nano === null ? null : <Money nano={cost.nano} estimated={cost.basis === "estimated"} />}</span>
      <small className="col-span-2 truncate text-xs text-ink-2">
        {streaming ? <span className="text-accent">{t("chat.answering")} · </span> : null}
        {[shortName(model), t("chat.messages", { count: messages })].filter(Boolean).join(" · ")}
      </small>
    </button>
  );
}

type RenameProps = { conversation: ConversationSummary; onClose: () => void; onRename: (title: string) => void };

function RenameDialog({ conversation, onClose, onRename }: RenameProps) {
  const { t } = useTranslation();
  const [title, setTitle] = useState(conversation.title);
  return (
    <Dialog open onClose={onClose} title={t("chat.renameTitle")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim()) onRename(title.trim());
        }}
      >
        <Field label={t("chat.title")} value={title} onChange={(event) => setTitle(event.target.value)} autoFocus />
        <DialogFoot>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" type="submit" disabled={!title.trim()}>
            {t("common.save")}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
