// The keys that act on the open conversation and its neighbours.
import { useTranslation } from "react-i18next";
import { useConversations } from "../../host/queries";
import type { Message } from "../../bindings";
import { useShortcut } from "../../parts/shortcuts/useShortcut";
import { copyText } from "../../primitives/copy";
import { tell } from "../../primitives/toast";
import type { ThreadActions } from "./actions";

type Ask = { id: string | null; path: Message[]; actions: ThreadActions; answering: boolean; onOpen: (id: string) => void; editLast: () => void };

/** The last block of code in an answer, without its fence. */
export function lastCode(text: string): string | null {
  return [...text.matchAll(/^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^\1\s*$/gm)].at(-1)?.[2]?.replace(/\n$/, "") ?? null;
}

export function useChatShortcuts({ id, path, actions, answering, onOpen, editLast }: Ask): void {
  const { t } = useTranslation();
  const all = useConversations().data;
  const answer = path.findLast((one) => one.role === "assistant");
  const code = answer && !answering ? lastCode(answer.text) : null;
  const step = (by: number) => () => {
    const shown = (all ?? []).filter((one) => !one.archived);
    const at = shown.findIndex((one) => one.id === id);
    const next = shown[at < 0 ? 0 : (at + by + shown.length) % shown.length];
    if (next) onOpen(next.id);
  };
  const copy = (text: string) => void copyText(text).then((done) => done && tell(t("common.copied")));
  useShortcut("nextChat", step(1));
  useShortcut("previousChat", step(-1));
  useShortcut("regenerate", answer && !answering ? () => actions.retry(answer) : null);
  useShortcut("copyAnswer", answer?.text ? () => copy(answer.text) : null);
  useShortcut("copyCode", code === null ? null : () => copy(code));
  useShortcut("editLast", id && !answering ? editLast : null);
}
