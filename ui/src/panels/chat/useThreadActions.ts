// What messages can ask for, made once for the whole thread.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../host/context";
import { keys } from "../../host/queries";
import type { Conversation, Message, Model } from "../../bindings";
import { run as runCommand } from "../../parts/shortcuts/useShortcut";
import { tell } from "../../primitives/toast";
import type { ThreadActions } from "./actions";
import type { ChangeDraft } from "./drafts";
import { useTalk } from "./talk";
import { deepestLeaf } from "./tree";

type Run = (act: () => Promise<unknown>) => void;
type Asked = {
  id: string | null;
  messages: Message[];
  models: Model[];
  model: string | undefined;
  busy: boolean;
  run: Run;
  resend: (message: Message, text: string) => void;
  onDraft: ChangeDraft;
  onBranch: (message: string) => void;
  onOpen: (id: string) => void;
};

/** Each line of the quotation marked, and room to answer below it. */
export function quoted(text: string, before: string): string {
  const lines = text.trim().split("\n").map((line) => `> ${line}`.trimEnd());
  return [before.trimEnd(), `${lines.join("\n")}\n\n`].filter(Boolean).join("\n\n");
}

export function useThreadActions({ id, messages, models, model, busy, run, resend, onDraft, onBranch, onOpen }: Asked): ThreadActions {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const talk = useTalk();
  const [editing, edit] = useState<string | null>(null);
  return useMemo<ThreadActions>(() => {
    const laid = (conversation: Conversation) => client.setQueryData<Conversation>(keys.conversation(conversation.summary.id), conversation);
    return {
      models,
      busy,
      editing,
      edit,
      resend,
      retry: (answer, other) => run(() => talk.retry(answer.id, other ?? answer.model ?? model ?? "")),
      resume: (answer) => run(() => talk.resume(answer)),
      step: (sibling) => id && talk.choose(id, deepestLeaf(messages, sibling)),
      branch: (message) => onBranch(message.id),
      fork: (message) =>
        run(async () => {
          const fork = await host.forkConversation(message.id);
          await client.invalidateQueries({ queryKey: keys.conversations });
          onOpen(fork.id);
          tell(t("chat.forked", { title: fork.title }));
        }),
      remove: (message) =>
        run(async () => {
          laid(await host.deleteMessage(message.id));
          const undo = () => run(async () => laid(await host.restoreMessage(message.id)));
          tell(t("chat.messageDeleted"), { label: t("common.undo"), onUndo: undo });
        }),
      quote: (text) => {
        onDraft((draft) => ({ ...draft, text: quoted(text, draft.text) }));
        setTimeout(() => runCommand("focusComposer")); // once the menu that asked has given the focus back
      },
      pick: (answer) =>
        run(async () => {
          await host.pickAnswer(answer.id);
          if (id) talk.change(id, (known) => ({ ...known, leaf: answer.id, messages: known.messages.map((one) => (one.compare && one.compare === answer.compare ? { ...one, picked: one.id === answer.id } : one)) }));
        }),
      answerTool: (answer, call, how) =>
        run(async () => {
          await host.answerToolCall(answer.id, call.id, how);
          if (!id || talk.answers.get(answer.id)?.ended === null) return;
          // The app was closed over the question: the answer is only written down, and nobody waits for it.
          const known = laid(await host.openConversation(id));
          const now = known?.messages.find((one) => one.id === answer.id);
          if (now && now.state !== "streaming" && now.toolCalls.every((one) => one.state !== "asked")) await talk.resume(now);
        }),
    };
  }, [t, host, client, talk, id, messages, models, model, busy, run, resend, onDraft, onBranch, onOpen, editing]);
}
