// Over the list: the one search field, a new conversation, a new folder.
import { clsx } from "clsx";
import { FolderPlus, Plus } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useShortcut } from "../../../parts/shortcuts/useShortcut";
import { IconButton } from "../../../primitives/Button";
import { inputClass } from "../../../primitives/Field";

type Props = { query: string; onQuery: (query: string) => void; onNew: () => void; onFolder: () => void };

export function ListBar({ query, onQuery, onNew, onFolder }: Props) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  useShortcut("search", () => field.current?.select());
  return (
    <header className="flex h-(--bar-h) shrink-0 items-center gap-1.5 border-b border-line px-3.5">
      <input
        ref={field}
        type="search"
        data-testid="search"
        className={clsx(inputClass, "flex-1 [&::-webkit-search-cancel-button]:hidden")}
        placeholder={t("chat.search")}
        aria-label={t("chat.search")}
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && !event.nativeEvent.isComposing && onQuery("")}
      />
      <IconButton label={t("list.newFolder")} data-testid="new-folder" onClick={onFolder}>
        <FolderPlus />
      </IconButton>
      <IconButton look="primary" label={t("chat.new")} data-testid="new-chat" onClick={onNew}>
        <Plus />
      </IconButton>
    </header>
  );
}
