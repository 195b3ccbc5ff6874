// Several conversations are chosen: how many, and what can be done with all of them.
import { Archive, ArchiveRestore, FolderInput, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary, Folder } from "../../../bindings";
import { IconButton } from "../../../primitives/Button";
import { Menu } from "../../../primitives/Menu";
import type { ListActions } from "./useListActions";
import { moveActions } from "./useItemActions";

type Props = { list: ConversationSummary[]; folders: Folder[]; archive: boolean; does: ListActions; onDone: () => void; onMade: (folder: string) => void };

export function SelectionBar({ list, folders, archive, does, onDone, onMade }: Props) {
  const { t } = useTranslation();
  const then = (act: () => void) => () => {
    act();
    onDone();
  };
  return (
    <div role="toolbar" aria-label={t("list.chosen", { count: list.length })} data-testid="selection" className="flex h-9 shrink-0 items-center border-b border-line bg-accent-soft pr-1 pl-3.5 text-s">
      <b className="min-w-0 flex-1 truncate font-medium">{t("list.chosen", { count: list.length })}</b>
      <Menu
        trigger={
          <IconButton label={t("list.move")}>
            <FolderInput />
          </IconButton>
        }
        actions={moveActions(t, { list, folders, does, onMade, onDone })}
      />
      <IconButton label={archive ? t("list.unarchive") : t("list.archive")} onClick={then(() => does.archive(list, !archive))}>
        {archive ? <ArchiveRestore /> : <Archive />}
      </IconButton>
      <IconButton label={t("chat.delete")} data-testid="delete-chosen" onClick={then(() => does.remove(list))}>
        <Trash2 />
      </IconButton>
      <IconButton label={t("common.cancel")} onClick={onDone}>
        <X />
      </IconButton>
    </div>
  );
}
