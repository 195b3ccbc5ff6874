// The chat: conversations on the left, the open one on the stage, the composer under it.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../host/context";
import { keys, useConversations } from "../../host/queries";
import { plainSettings } from "../../host/plain";
import { useShortcut } from "../../parts/shortcuts/useShortcut";
import { inWords } from "../../parts/problem";
import { Callout } from "../../primitives/Callout";
import { Panel } from "../../primitives/Stage";
import { ActionsContext } from "./actions";
import { ChatBar } from "./ChatBar";
import { useChosenModels } from "./chosenModels";
import { besides } from "./compare/groups";
import { Composer } from "./compose/Composer";
import { QuoteSelection } from "./compose/QuoteSelection";
import { NearlyFull } from "./context/NearlyFull";
import { useContextOf } from "./context/useContextOf";
import type { Draft } from "./drafts";
import { useDraft } from "./drafts";
import { FindBar } from "./find/FindBar";
import { ConversationList } from "./list/ConversationList";
import { useListActions } from "./list/useListActions";
import { Stage } from "./Stage";
import { shortName } from "./models";
import { isAnswering, useTalk } from "./talk";
import { totalsOf } from "./totals";
import { isTuned, SettingsDrawer } from "./tuning/SettingsDrawer";
import { useAsking } from "./useAsking";
import { useChatShortcuts } from "./useChatShortcuts";
import { useJumps } from "./useJumps";
import { useListShown } from "./useListShown";
import { useOpened } from "./useOpened";
import { useChangeSettings } from "./useSettingsOf";
import { useThreadActions } from "./useThreadActions";
import { Welcome } from "./Welcome";

type Props = { conversation: string | null; onOpen: (id: string | null, message?: string) => void; onOpenKeys: () => void; onOpenTools: () => void; /** A message to go to, once. */ jump: string | null };

export function ChatPanel({ conversation: id, onOpen, onOpenKeys, onOpenTools, jump }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const talk = useTalk();
  const [branchAt, setBranchAt] = useState<string | null>(null);
  const [drawer, setDrawer] = useState(false);
  const [finding, setFinding] = useState(false);
  const listShown = useListShown();
  const leaveBranch = useCallback(() => setBranchAt(null), []);
  useEffect(() => {
    leaveBranch();
    setFinding(false);
  }, [id, leaveBranch]);

  const { conversation, messages, path, problem } = useOpened(id, branchAt, useCallback(() => onOpen(null), [onOpen]));
  const newDraft = useQuery({ queryKey: keys.newDraft, queryFn: () => host.newDraft(), staleTime: Infinity }).data;
  const saved = useMemo<Draft | undefined>(() => {
    if (id === null) return newDraft && { text: newDraft.text, files: newDraft.attachments };
    return conversation && { text: conversation.draft, files: conversation.draftAttachments };
  }, [id, newDraft, conversation]);
  const [draft, changeDraft, moveDraft] = useDraft(id, saved);
  const settings = (id === null ? newDraft?.settings : conversation?.settings) ?? plainSettings;
  const changeSettings = useChangeSettings(id, settings);
  // While it is being opened its line in the list says what it is.
  const listed = useConversations().data?.find((one) => one.id === id);
  const summary = conversation?.summary ?? listed ?? null;
  const who = useChosenModels(id, summary?.model);
  const chosenIds = useMemo(() => who.chosen.map((one) => one.id), [who.chosen]);
  const [first] = who.chosen;

  const sent = useCallback(() => setBranchAt(null), []);
  const asking = useAsking({ id, models: chosenIds, onDraft: changeDraft, onMoveDraft: moveDraft, onOpen, onSent: sent });
  const answering = isAnswering(messages);
  const actions = useThreadActions({ id, messages, models: who.models, model: first?.id, busy: answering || asking.busy, run: asking.run, resend: asking.resend, onDraft: changeDraft, onBranch: setBranchAt, onOpen });
  const does = useListActions(id, onOpen);
  const { run } = asking;
  const parent = path.at(-1)?.id ?? null;
  const stop = useMemo(() => (answering ? () => run(() => Promise.all(messages.filter((one) => one.state === "streaming").map((one) => talk.stop(one.id)))) : null), [answering, messages, run, talk]);
  const last = path.at(-1);
  const goesOnWith = last && !answering && besides(messages, last).length ? shortName(last.model) : null;
  const context = useContextOf(conversation, first?.id);

  function submit(what: Draft) {
    if (answering) return asking.queue(what);
    asking.send(what, parent);
    who.alone();
  }
  const lastQuestion = path.findLast((one) => one.role === "user");
  const editLast = () => lastQuestion && !answering && actions.edit(lastQuestion.id);
  useChatShortcuts({ id, path, actions, answering, onOpen, editLast });
  useShortcut("findInChat", id === null ? null : () => setFinding(true));
  useShortcut("conversationSettings", () => setDrawer(true));
  useJumps({ id, jump, messages, path, onDone: () => id && onOpen(id) });

  const composer = (
    <Composer
      conversation={id}
      parent={parent}
      history={(conversation?.contextUsed ?? 0) + path.length}
      draft={draft}
      onDraft={changeDraft}
      models={chosenIds}
      placeholder={who.chosen.length > 1 ? t("compare.placeholder", { count: who.chosen.length }) : t("chat.placeholder", { model: first?.name ?? "" })}
      settings={settings}
      onSettings={changeSettings}
      onSend={submit}
      onStop={stop}
      onEditLast={editLast}
      queue={conversation?.queue ?? []}
      onSendQueued={asking.sendQueued}
      onUnqueue={asking.unqueue}
      onLeaveBranch={branchAt === null ? null : leaveBranch}
      onTools={onOpenTools}
      goesOnWith={goesOnWith}
      closed={who.none ? t("chat.noModelReason") : null}
      sendWithEnter={who.sendWithEnter}
    >
      {id ? <NearlyFull key={id} used={context?.used ?? null} window={context?.window ?? null} model={first?.name ?? ""} onCompact={() => run(async () => context?.compact())} busy={answering || asking.busy} /> : null}
    </Composer>
  );
  const sandboxOnly = who.models.length > 0 && who.models.every((one) => one.gateway === who.models[0]?.gateway && one.free);
  return (
    <Panel list={listShown ? <ConversationList open={id} onOpen={onOpen} does={does} /> : undefined}>
      <ChatBar
        key={id}
        summary={summary}
        models={who.models}
        chosen={who.chosen}
        onChoose={who.choose}
        context={context}
        totals={totalsOf(messages)}
        onSettings={() => setDrawer(true)}
        tuned={isTuned(settings)}
        onRename={(title) => id && does.rename(id, title)}
        onDelete={() => summary && does.remove([summary])}
        onPin={() => summary && does.pin([summary], !summary.pinned)}
        onArchive={() => summary && does.archive([summary], !summary.archived)}
        onCompact={() => run(async () => context?.compact())}
        onExport={(format) => id && does.save(id, format)}
        onPrint={() => id && does.print(id)}
      />
      {finding ? <FindBar path={path} onClose={() => setFinding(false)} /> : null}
      <ActionsContext value={actions}>
        {id !== null && conversation && path.length ? (
          <Stage conversation={conversation} path={path} onUndoCompaction={() => run(async () => context?.undo())} />
        ) : (
          <div className="min-h-0 flex-1 overflow-y-auto">
            {id === null ? <Welcome sandbox={sandboxOnly} models={who.models} onTry={asking.tryOut} onOpen={onOpen} onOpenKeys={onOpenKeys} /> : null}
            {problem ? (
              <div className="mx-auto max-w-[560px] p-8">
                <Callout tone="bad" title={inWords(problem).message} text={inWords(problem).remedy} />
              </div>
            ) : null}
          </div>
        )}
        <QuoteSelection onQuote={actions.quote} />
        {composer}
      </ActionsContext>
      {drawer ? <SettingsDrawer settings={settings} onChange={changeSettings} onClose={() => setDrawer(false)} /> : null}
    </Panel>
  );
}
