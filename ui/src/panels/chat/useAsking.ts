// Asking in one conversation: sending at once or after the answer, to one model or several, and stopping.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import type { Message } from "../../bindings";
import { inWords } from "../../parts/problem";
import { tellProblem } from "../../primitives/toast";
import type { ChangeDraft, Draft } from "./drafts";
import { noDraft } from "./drafts";
import { useTalk } from "./talk";
import { settingsSaved } from "./useSettingsOf";

type Asked = { id: string | null; models: string[]; onDraft: ChangeDraft; onMoveDraft: (to: string) => void; onOpen: (id: string) => void; onSent: () => void };

export function useAsking({ id, models, onDraft, onMoveDraft, onOpen, onSent }: Asked) {
  const host = useHost();
  const client = useQueryClient();
  const talk = useTalk();
  const begin = useMutation({ mutationFn: (act: () => Promise<unknown>) => act(), onError: (thrown) => tellProblem(inWords(asProblem(thrown))) });
  const run = begin.mutate;
  const model = models[0];

  const ask = useCallback(
    async (draft: Draft, parent: string | null, asked: string[]) => {
      const [first] = asked;
      if (!first) return;
      await settingsSaved(host);
      const sent = await talk.send({ conversation: id, parent, text: draft.text, model: first, models: asked.length > 1 ? asked : [], attachments: draft.files.map((one) => one.id), queued: null });
      onSent();
      if (id !== null) return;
      void client.invalidateQueries({ queryKey: keys.newDraft });
      onMoveDraft(sent.conversation.id);
      onOpen(sent.conversation.id);
    },
    [host, talk, client, id, onMoveDraft, onOpen, onSent],
  );

  /** What is in the composer. It is emptied at once, and filled again if nothing came of it. */
  const send = useCallback(
    (draft: Draft, parent: string | null) =>
      run(async () => {
        onDraft(() => noDraft);
        try {
          await ask(draft, parent, models);
        } catch (thrown) {
          onDraft((now) => (now.text || now.files.length ? now : draft));
          throw thrown;
        }
      }),
    [run, ask, onDraft, models],
  );
  const resend = useCallback(
    (message: Message, text: string) => run(() => ask({ text, files: message.attachments }, message.parent, model ? [model] : [])),
    [run, ask, model],
  );
  const tryOut = useCallback((text: string, other?: string) => run(() => ask({ text, files: [] }, null, [other ?? model ?? ""].filter(Boolean))), [run, ask, model]);

  const queue = useCallback(
    (draft: Draft) =>
      run(async () => {
        if (id === null || !model) return;
        onDraft(() => noDraft);
        const queued = await host.queueMessage({ conversation: id, text: draft.text, attachments: draft.files.map((one) => one.id), model });
        talk.change(id, (known) => ({ ...known, queue: [...known.queue, queued] }));
      }),
    [run, host, talk, id, model, onDraft],
  );
  const unqueue = useCallback(
    (queued: string) =>
      run(async () => {
        if (id) talk.change(id, (known) => ({ ...known, queue: known.queue.filter((one) => one.id !== queued) }));
        await host.unqueueMessage(queued);
      }),
    [run, host, talk, id],
  );
  const sendQueued = useCallback(() => run(async () => id && (await talk.sendQueued(id))), [run, talk, id]);
  return { run, busy: begin.isPending, send, resend, tryOut, queue, unqueue, sendQueued };
}
