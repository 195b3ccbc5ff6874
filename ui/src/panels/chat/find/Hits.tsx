// What a search found, by conversation: each hit with the words around it; a click goes to the very message.
import { clsx } from "clsx";
import { useTranslation } from "react-i18next";
import type { SearchHit } from "../../../bindings";
import { Group } from "../../../primitives/Stage";
import { TimeAgo } from "../../../primitives/TimeAgo";
import { shortName } from "../models";
import { cut } from "./syntax";

export function byConversation(hits: SearchHit[]): SearchHit[][] {
  const groups = new Map<string, SearchHit[]>();
  for (const hit of hits) groups.set(hit.conversation, [...(groups.get(hit.conversation) ?? []), hit]);
  return [...groups.values()];
}

type Props = { hits: SearchHit[]; limit: number; searching: boolean; open: string | null; onOpen: (conversation: string, message: string) => void };

export function Hits({ hits, limit, searching, open, onOpen }: Props) {
  const { t } = useTranslation();
  return (
    <div role="region" aria-live="polite" aria-label={t("find.results")} className={clsx("min-h-0 flex-1 overflow-y-auto pb-2", searching && "opacity-60")}>
      {byConversation(hits).map((group) => (
        <section key={group[0]?.conversation}>
          <Group>{group[0]?.title}</Group>
          {group.map((hit) => (
            <Hit key={hit.message} hit={hit} open={hit.conversation === open} onOpen={() => onOpen(hit.conversation, hit.message)} />
          ))}
        </section>
      ))}
      {hits.length === 0 && !searching ? <p className="px-3.5 py-6 text-s text-ink-2">{t("chat.nothingFound")}</p> : null}
      {hits.length >= limit ? <p className="px-3.5 py-3 text-xs text-ink-2">{t("find.more", { count: limit })}</p> : null}
    </div>
  );
}

function Hit({ hit, open, onOpen }: { hit: SearchHit; open: boolean; onOpen: () => void }) {
  return (
    <button
      type="button"
      data-testid="hit"
      onClick={onOpen}
      className={clsx("mx-1.5 grid w-[calc(100%-12px)] gap-0.5 rounded-s px-[9px] py-[7px] text-left focus-visible:outline-offset-[-2px]", open ? "bg-accent-soft" : "hover:bg-hover")}
    >
      <Snippet hit={hit} />
      <small className="flex gap-2 text-xs text-ink-2">
        <span className="min-w-0 flex-1 truncate">{shortName(hit.model)}</span>
        <TimeAgo at={hit.createdAt} />
      </small>
    </button>
  );
}

/** Without the signs of Markdown: two lines of a list are for reading. */
export function unmarked(text: string): string {
  return text.replace(/\*\*|`+|~~/g, "").replace(/(^|\s)(?:#{1,6}|\|)(?=\s)/g, "$1");
}

export function Snippet({ hit }: { hit: SearchHit }) {
  return (
    <span className="line-clamp-2 text-s leading-[1.45] [overflow-wrap:anywhere]">
      {cut(hit.snippet, hit.at).map((part, index) => (part.found ? <mark key={index} className="rounded-[3px] bg-accent-soft font-semibold text-accent">{unmarked(part.text)}</mark> : unmarked(part.text)))}
    </span>
  );
}
