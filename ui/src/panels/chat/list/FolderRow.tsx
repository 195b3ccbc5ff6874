// A folder in the list: opens and closes, takes what is dropped on it.
import { clsx } from "clsx";
import { ChevronRight, Folder as FolderIcon, FolderOpen } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Folder } from "../../../bindings";
import { Dot } from "../../../primitives/Pill";
import { Inline } from "./Inline";

type Props = {
  folder: Folder;
  open: boolean;
  count: number;
  answering: boolean;
  renaming: boolean;
  onToggle: () => void;
  onDrop: (ids: string[]) => void;
  onRename: (name: string | null) => void;
};

/** What is dragged, as the drop reads it. */
export const DRAGGED = "application/x-nexdesk-chats";

export function FolderRow({ folder, open, count, answering, renaming, onToggle, onDrop, onRename }: Props) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  if (renaming) {
    return (
      <div className="mx-1.5 flex h-full items-center px-[9px]">
        <Inline label={t("list.folderName")} name={folder.name} onDone={onRename} />
      </div>
    );
  }
  return (
    <button
      type="button"
      data-testid="folder"
      aria-expanded={open}
      onClick={onToggle}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(JSON.parse(event.dataTransfer.getData(DRAGGED) || "[]") as string[]);
      }}
      className={clsx(
        "mx-1.5 flex h-[30px] w-[calc(100%-12px)] items-center gap-1.5 rounded-s pr-[9px] pl-1 text-left hover:bg-hover focus-visible:outline-offset-[-2px] [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-3",
        over && "bg-accent-soft! shadow-[inset_0_0_0_1px_var(--accent)]",
      )}
    >
      <ChevronRight className={clsx("transition-transform motion-reduce:transition-none", open && "rotate-90")} />
      {open ? <FolderOpen /> : <FolderIcon />}
      <span className="min-w-0 flex-1 truncate font-medium">{folder.name}</span>
      {answering && !open ? <Dot tone="accent" /> : null}
      <span className="num text-xs text-ink-2">{count || ""}</span>
    </button>
  );
}
