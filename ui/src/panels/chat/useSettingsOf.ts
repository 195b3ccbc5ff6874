// The settings of one conversation, or of the one that has not begun: shown as changed at once, saved in the order they were made.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useHost } from "../../host/context";
import type { Host } from "../../host/host";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import type { Conversation, ConversationSettings, NewDraft } from "../../bindings";
import { inWords } from "../../parts/problem";
import { tellProblem } from "../../primitives/toast";

const saving = new WeakMap<Host, Promise<unknown>>();

/** What is sent must go by the settings that are shown. */
export async function settingsSaved(host: Host): Promise<void> {
  await saving.get(host);
}

export function useChangeSettings(id: string | null, settings: ConversationSettings) {
  const host = useHost();
  const client = useQueryClient();
  return useCallback(
    (change: Partial<ConversationSettings>) => {
      const next = { ...settings, ...change };
      const key = id === null ? keys.newDraft : keys.conversation(id);
      if (id === null) client.setQueryData<NewDraft>(key, (known) => known && { ...known, settings: next });
      else client.setQueryData<Conversation>(key, (known) => known && { ...known, settings: next });
      const before = saving.get(host) ?? Promise.resolve();
      const mine = before
        .then(() => host.saveConversationSettings(id, next))
        .catch((thrown: unknown) => {
          tellProblem(inWords(asProblem(thrown)));
          void client.invalidateQueries({ queryKey: key });
        });
      saving.set(host, mine);
    },
    [host, client, id, settings],
  );
}
