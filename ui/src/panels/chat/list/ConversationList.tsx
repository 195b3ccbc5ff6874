// Every conversation beside the thread: pinned, in folders, by age; searched, chosen in numbers, and put away.
import { useVirtualizer } from "@tanstack/react-virtual";
import { Archive, ArrowLeft, FolderPlus } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useConversations, useFolders, useFound } from "../../../host/queries";
import { ConfirmDialog } from "../../../primitives/Dialog";
import { ContextMenu } from "../../../primitives/Menu";
import type { Action } from "../../../primitives/Menu";
import { useMinute } from "../../../primitives/useMinute";
import { Conditions } from "../find/Conditions";
import { Hits } from "../find/Hits";
import { FolderRow } from "./FolderRow";
import { Item } from "./Item";
import { ListBar } from "./ListBar";
import type { Row } from "./rows";
import { archivedRows, heights, rowsOf } from "./rows";
import { SelectionBar } from "./SelectionBar";
import { useItemActions } from "./useItemActions";
import type { ListActions } from "./useListActions";
import { usePicked } from "./usePicked";
import { useRemembered } from "./useRemembered";
import { useUnread } from "./unread";

type Props = { open: string | null; onOpen: (id: string | null, message?: string) => void; does: ListActions };
const LIMIT = 60;
const none: never[] = [];

export function ConversationList({ open, onOpen, does }: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [archive, setArchive] = useState(false);
  const [closed, setClosed] = useRemembered("nexdesk.closedFolders");
  const now = useMinute();
  const loaded = useConversations();
  const all = loaded.data ?? none;
  const folders = useFolders() ?? none;
  const wanted = useDeferredValue(query);
  const found = useFound(wanted, LIMIT);
  const unread = useUnread(open);
  const rows = useMemo(() => (archive ? archivedRows(all) : rowsOf(all, folders, closed, now)), [archive, all, folders, closed, now]);
  const picked = usePicked(rows, all, open);
  const items = useItemActions({ does, all, folders, picked: picked.list });
  const archived = useMemo(() => all.filter((one) => one.archived).length, [all]);

  const onClick = useCallback<Parameters<typeof Item>[0]["onClick"]>((one, event) => (picked.click(one, event) ? undefined : onOpen(one.id)), [picked, onOpen]);
  const toggle = (folder: string) => setClosed(closed.has(folder) ? [...closed].filter((one) => one !== folder) : [...closed, folder]);
  const makeFolder = () => does.makeFolder(folders, [], items.rename);
  const searching = query.trim() !== "";

  const draw = (row: Row) => {
    if (row.kind === "label") return <h2 className="px-3.5 pt-3 pb-1 text-xs font-semibold text-ink-2">{row.label === "pinned" || row.label === "folders" ? t(`list.${row.label}`) : t(`chat.age.${row.label}`)}</h2>;
    if (row.kind === "empty") return <p className="py-1 pl-[46px] text-s text-ink-2">{t("list.emptyFolder")}</p>;
    if (row.kind === "folder") {
      const { folder } = row;
      return (
        <FolderRow
          folder={folder}
          open={row.open}
          count={row.count}
          answering={row.answering}
          renaming={items.renaming === folder.id}
          onToggle={() => toggle(folder.id)}
          onDrop={(ids) => does.move(all.filter((one) => ids.includes(one.id)), folder.id)}
          onRename={(name) => {
            items.rename(null);
            if (name) does.renameFolder(folder, name);
          }}
        />
      );
    }
    const one = row.conversation;
    return <Item conversation={one} open={one.id === open} picked={picked.has(one.id)} unread={unread.has(one.id)} inFolder={row.inFolder} renaming={items.renaming === one.id} onClick={onClick} onRename={items.onRename} onDrag={picked.drag} />;
  };

  const menuOf = (row: Row | undefined): Action[] => {
    if (row?.kind === "item") return items.actionsOf(row.conversation);
    if (row?.kind === "folder") return items.folderActions(row.folder);
    return [{ label: t("list.newFolder"), icon: <FolderPlus />, onPick: makeFolder }];
  };

  return (
    <aside aria-label={t("chat.conversations")} data-testid="conversation-list" className="flex w-(--list-w) shrink-0 flex-col border-r border-line bg-list max-[1060px]:w-[224px]">
      <ListBar query={query} onQuery={setQuery} onNew={() => onOpen(null)} onFolder={makeFolder} />
      {picked.list.length ? <SelectionBar list={picked.list} folders={folders} archive={archive} does={does} onDone={picked.clear} onMade={items.rename} /> : null}
      {searching ? (
        <>
          <Conditions query={query} onQuery={setQuery} />
          <Hits hits={found.data ?? none} limit={LIMIT} searching={found.isFetching || wanted !== query} open={open} onOpen={onOpen} />
        </>
      ) : (
        <>
          {archive ? <BackBar onBack={() => setArchive(false)} /> : null}
          <Rows rows={rows} draw={draw} menuOf={menuOf} onKey={items.onKey} empty={loaded.isSuccess ? (archive ? t("list.archiveEmpty") : t("chat.none")) : null} />
          {archived && !archive ? (
            <button type="button" data-testid="archive" onClick={() => setArchive(true)} className="flex h-9 shrink-0 items-center gap-2 border-t border-line px-3.5 text-s text-ink-2 hover:bg-hover hover:text-ink">
              <Archive className="size-3.5" />
              {t("list.archiveCount", { count: archived })}
            </button>
          ) : null}
        </>
      )}
      {items.folderToRemove ? (
        <ConfirmDialog
          open
          onClose={() => items.askRemoveFolder(null)}
          title={t("list.removeFolderTitle", { name: items.folderToRemove.name })}
          description={t("list.removeFolderText")}
          action={t("list.removeFolder")}
          onConfirm={() => items.folderToRemove && does.removeFolder(items.folderToRemove)}
        />
      ) : null}
    </aside>
  );
}

function BackBar({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" onClick={onBack} className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-3.5 text-s text-ink-2 hover:bg-hover hover:text-ink">
      <ArrowLeft className="size-3.5" />
      {t("list.archived")}
    </button>
  );
}

type RowsProps = { rows: Row[]; draw: (row: Row) => React.ReactNode; menuOf: (row: Row | undefined) => Action[]; onKey: (event: KeyboardEvent, id: string) => void; /** What is said where there are none. */ empty: string | null };

/** Ten thousand conversations, but only a screenful of elements; arrows move through them all. */
function Rows({ rows, draw, menuOf, onKey, empty }: RowsProps) {
  // One menu for all rows: a menu of its own would make each row ten times as dear to draw.
  const [menu, setMenu] = useState<Action[]>([]);
  const rowAt = (target: EventTarget) => rows[Number((target as HTMLElement).closest("[data-index]")?.getAttribute("data-index") ?? -1)];
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heights[rows[index]?.kind ?? "item"],
    overscan: 8,
    getItemKey: (index) => rows[index]?.key ?? index,
  });

  function press(event: KeyboardEvent) {
    const row = (event.target as HTMLElement).closest("[data-index]");
    const at = Number(row?.getAttribute("data-index") ?? -1);
    const one = rows[at];
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") {
      if (one?.kind === "item") onKey(event, one.conversation.id);
      return;
    }
    if (event.altKey) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    for (let to = at + step; to >= 0 && to < rows.length; to += step) {
      const kind = rows[to]?.kind;
      if (kind !== "item" && kind !== "folder") continue;
      virtual.scrollToIndex(to);
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${to}"] button`)?.focus({ preventScroll: true }));
      return;
    }
  }
  return (
    <ContextMenu actions={menu}>
      <div ref={scroller} onContextMenuCapture={(event) => setMenu(menuOf(rowAt(event.target)))} onKeyDown={press} className="min-h-0 flex-1 overflow-y-auto pb-2 [overflow-anchor:none]">
        {rows.length || !empty ? null : <p className="px-3.5 py-4 text-s text-ink-2">{empty}</p>}
        <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index];
            return row ? (
              <div key={key} data-index={index} className="absolute inset-x-0 top-0" style={{ height: size, transform: `translateY(${start}px)` }}>
                {draw(row)}
              </div>
            ) : null;
          })}
        </div>
      </div>
    </ContextMenu>
  );
}
