// The menu and the keys of one conversation in the list; of all that are chosen, where it is one of them.
import type { TFunction } from "i18next";
import { Archive, ArchiveRestore, FolderInput, FolderPlus, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import { useCallback, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary, Folder } from "../../../bindings";
import type { Action } from "../../../primitives/Menu";
import type { ListActions } from "./useListActions";

type Moved = { list: ConversationSummary[]; folders: Folder[]; does: ListActions; /** A folder was made for them, which has no name of its own yet. */ onMade: (folder: string) => void; onDone?: () => void };

export function moveActions(t: TFunction, { list, folders, does, onMade, onDone }: Moved): Action[] {
  const move = (folder: string | null) => () => {
    does.move(list, folder);
    onDone?.();
  };
  const all = (folder: string | null) => list.every((one) => one.folder === folder);
  const make = () => {
    does.makeFolder(folders, list, onMade);
    onDone?.();
  };
  return [
    ...folders.map((folder) => ({ label: folder.name, onPick: move(folder.id), checked: all(folder.id) })),
    { label: t("list.noFolder"), onPick: move(null), checked: all(null), apart: folders.length > 0 },
    { label: t("list.newFolder"), icon: <FolderPlus />, onPick: make },
  ];
}

type Given = { does: ListActions; all: ConversationSummary[]; folders: Folder[]; picked: ConversationSummary[] };

export function useItemActions({ does, all, folders, picked }: Given) {
  const { t } = useTranslation();
  const [renaming, rename] = useState<string | null>(null);
  const [folderToRemove, askRemoveFolder] = useState<Folder | null>(null);
  const actionsOf = useCallback(
    (one: ConversationSummary): Action[] => {
      const list = picked.includes(one) ? picked : [one];
      const many = list.length > 1;
      return [
        ...(many ? [] : [{ label: t("chat.rename"), icon: <Pencil />, hint: "F2", onPick: () => rename(one.id) }]),
        one.pinned ? { label: t("list.unpin"), icon: <PinOff />, onPick: () => does.pin(list, false) } : { label: t("list.pin"), icon: <Pin />, onPick: () => does.pin(list, true) },
        { label: t("list.move"), icon: <FolderInput />, more: moveActions(t, { list, folders, does, onMade: rename }) },
        one.archived
          ? { label: t("list.unarchive"), icon: <ArchiveRestore />, onPick: () => does.archive(list, false) }
          : { label: t("list.archive"), icon: <Archive />, onPick: () => does.archive(list, true) },
        { label: many ? t("list.deleteMany", { count: list.length }) : t("chat.delete"), icon: <Trash2 />, onPick: () => does.remove(list), danger: true, apart: true },
      ];
    },
    [t, does, folders, picked],
  );
  const onRename = useCallback(
    (one: ConversationSummary, title: string | null) => {
      rename(null);
      if (title) does.rename(one.id, title);
    },
    [does],
  );
  const folderActions = (folder: Folder): Action[] => [
    { label: t("chat.rename"), icon: <Pencil />, onPick: () => rename(folder.id) },
    { label: t("list.removeFolder"), icon: <Trash2 />, onPick: () => askRemoveFolder(folder), danger: true },
  ];
  function onKey(event: KeyboardEvent, id: string) {
    const one = all.find((known) => known.id === id);
    if (!one) return;
    if (event.key === "F2") rename(id);
    else if (event.key === "Delete") does.remove(picked.includes(one) ? picked : [one]);
    else return;
    event.preventDefault();
  }
  return { renaming, rename, actionsOf, folderActions, onRename, onKey, folderToRemove, askRemoveFolder };
}
