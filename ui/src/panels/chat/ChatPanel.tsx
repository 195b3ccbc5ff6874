// The chat: conversations on the left, the open one on the stage, the composer under it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationSummary, Message } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys, useModels, useSettings } from "../../host/queries";
import { Callout } from "../../primitives/Callout";
import { Panel } from "../../primitives/Stage";
import { tell, tellProblem } from "../../primitives/toast";
import { ActionsContext } from "./actions";
import type { ThreadActions } from "./actions";
import { ChatBar } from "./ChatBar";
import { Composer } from "./Composer";
import { ConversationList } from "./ConversationList";
import { useDraft } from "./drafts";
import { answersInChat, modelFor } from "./models";
import { useLive, useTalk } from "./talk";
import { Thread } from "./Thread";
import { deepestLeaf, pathTo } from "./tree";
import { Welcome } from "./Welcome";

type Props = { conversation: string | null; onOpen: (id: string | null) => void; onOpenKeys: () => void };
const NEW = "new";
const nobody: Message = { id: "", parent: null, role: "user", state: "complete", model: null, text: "", reasoning: "", reasoningMs: null, toolCalls: [], pictures: [], receipt: null, problem: null, createdAt: 0 };

export function ChatPanel({ conversation: id, onOpen, onOpenKeys }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const talk = useTalk();
  const settings = useSettings();
  const modelList = useModels();
  const models = useMemo(() => (modelList.data ?? []).filter(answersInChat), [modelList.data]);
  const [picked, setPicked] = useState<Record<string, string>>({});

  const opened = useQuery({
    queryKey: keys.conversation(id ?? NEW),
    queryFn: () => host.openConversation(id ?? ""),
    enabled: id !== null,
    // An answer that streams without a live channel here (the page was reloaded) is read again until it ends.
    refetchInterval: ({ state }) => (state.data?.messages.some((one) => one.state === "streaming" && !talk.answers.get(one.id)) ? 700 : false),
  });
  const newDraft = useQuery({ queryKey: ["newDraft"], queryFn: () => host.newDraft(), staleTime: Infinity });
  // The place is remembered longer than what was open there: a conversation that is gone is not a dead end.
  const gone = opened.error && asProblem(opened.error).code === "not_found";
  useEffect(() => {
    if (gone) onOpen(null);
  }, [gone, onOpen]);
  const conversation = id === null ? undefined : opened.data;
  const [text, setText] = useDraft(id, id === null ? newDraft.data : conversation?.draft);

  const messages = useMemo(() => conversation?.messages ?? [], [conversation]);
  const path = useMemo(() => pathTo(messages, conversation?.leaf ?? null), [messages, conversation?.leaf]);
  const last = useLive(path.at(-1) ?? nobody);
  const streaming = last.state === "streaming";
  const model = modelFor(models, { picked: picked[id ?? NEW], lastUsed: conversation?.summary.model, usual: settings?.defaultModel });
  const sandboxOnly = models.length > 0 && models.every((one) => one.gateway === models[0]?.gateway && one.free);

  const begin = useMutation({ mutationFn: (run: () => Promise<unknown>) => run(), onError: (thrown) => tellProblem(asProblem(thrown)) });
  const run = begin.mutate;
  const busy = streaming || begin.isPending;

  const send = useCallback(
    (words: string, parent: string | null, modelId: string | undefined, edited: boolean) => {
      if (!modelId) return;
      run(async () => {
        const sent = await talk.send({ conversation: id, parent, text: words, model: modelId });
        if (!edited) setText("");
        if (id === null) onOpen(sent.conversation.id);
      });
    },
    [run, talk, id, onOpen, setText],
  );

  const rename = (one: string, title: string) => run(() => host.renameConversation(one, title).then(() => client.invalidateQueries({ queryKey: keys.conversations })));
  const remove = (one: ConversationSummary) =>
    run(async () => {
      await host.deleteConversation(one.id);
      if (one.id === id) onOpen(null);
      await client.invalidateQueries({ queryKey: keys.conversations });
      const undo = () =>
        run(async () => {
          await host.restoreConversation(one.id);
          await client.invalidateQueries({ queryKey: keys.conversations });
          onOpen(one.id);
        });
      tell(t("chat.deleted", { title: one.title }), { label: t("common.undo"), onUndo: undo });
    });

  const modelId = model?.id;
  const actions = useMemo<ThreadActions>(
    () => ({
      models,
      busy,
      retry: (answer, other) => run(() => talk.retry(answer.id, other ?? answer.model ?? modelId ?? "")),
      resume: (answer) => run(() => talk.resume(answer)),
      resend: (message, words) => send(words, message.parent, modelId, true),
      step: (sibling) => id && talk.choose(id, deepestLeaf(messages, sibling)),
    }),
    [models, busy, run, talk, modelId, send, id, messages],
  );
  const stop = useMemo(() => (streaming ? () => run(() => talk.stop(last.id)) : null), [streaming, run, talk, last.id]);

  function pick(next: string) {
    setPicked((all) => ({ ...all, [id ?? NEW]: next }));
    if (settings) void host.saveSettings({ ...settings, defaultModel: next }).then((saved) => client.setQueryData(keys.settings, saved));
  }

  const closed = modelList.isSuccess && models.length === 0 ? t("chat.noModelReason") : null;
  const composer = (
    <Composer
      text={text}
      onText={setText}
      onSend={() => send(text.trim(), path.at(-1)?.id ?? null, modelId, false)}
      onStop={stop}
      closed={closed}
      model={model?.name ?? ""}
      sendWithEnter={settings?.sendWithEnter ?? true}
      focus={id}
    />
  );
  return (
    <Panel list={<ConversationList chosen={id} onOpen={onOpen} onRename={rename} onDelete={remove} />}>
      <ChatBar
        key={id}
        summary={conversation?.summary ?? null}
        models={models}
        model={model}
        onModel={pick}
        onRename={(title) => id && rename(id, title)}
        onDelete={() => conversation && remove(conversation.summary)}
      />
      <ActionsContext value={actions}>
        {id !== null && path.length ? (
          <Thread key={id} id={id} messages={messages} path={path} composer={composer} />
        ) : (
          <>
            <div className="min-h-0 flex-1 overflow-y-auto">
              {id === null ? <Welcome sandbox={sandboxOnly} models={models} onTry={(words, other) => send(words, null, other ?? modelId, true)} onOpenKeys={onOpenKeys} /> : null}
              {opened.error && id !== null ? (
                <div className="mx-auto max-w-[560px] p-8">
                  <Callout tone="bad" title={asProblem(opened.error).message} text={asProblem(opened.error).remedy} />
                </div>
              ) : null}
            </div>
            {composer}
          </>
        )}
      </ActionsContext>
    </Panel>
  );
}
