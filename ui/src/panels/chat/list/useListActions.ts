// What can be done to conversations from the list and the bar: one or many at once, and undone where something goes away.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import type { ConversationSummary, ExportFormat, Folder } from "../../../bindings";
import { inWords } from "../../../parts/problem";
import { tell, tellProblem } from "../../../primitives/toast";
import { printPage } from "../print";

export function freeName(name: string, folders: Folder[]): string {
  const taken = new Set(folders.map((folder) => folder.name));
  for (let number = 2, free = name; ; free = `${name} ${number++}`) if (!taken.has(free)) return free;
}

export type ListActions = ReturnType<typeof useListActions>;

export function useListActions(open: string | null, onOpen: (id: string | null) => void) {
  const { t, i18n } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const run = useCallback(
    (act: () => Promise<unknown>) => {
      void act()
        .catch((thrown: unknown) => tellProblem(inWords(asProblem(thrown))))
        .finally(() => {
          void client.invalidateQueries({ queryKey: keys.conversations });
          void client.invalidateQueries({ queryKey: keys.folders });
        });
    },
    [client],
  );
  return useMemo(() => {
    const all = (list: ConversationSummary[], act: (id: string) => Promise<unknown>) => Promise.all(list.map((one) => act(one.id)));
    const changed = (list: ConversationSummary[], sentence: string, back: (one: ConversationSummary) => Promise<unknown>) =>
      tell(sentence, { label: t("common.undo"), onUndo: () => run(() => Promise.all(list.map(back))) });
    const said = (list: ConversationSummary[], one: "chat.deleted" | "list.archivedOne", many: "list.deletedMany" | "list.archivedMany") =>
      list.length === 1 ? t(one, { title: list[0]?.title ?? "" }) : t(many, { count: list.length });
    // Summer time is the one of now, as everywhere else in the window.
    const reader = () => ({ chinese: i18n.language.startsWith("zh"), offsetMinutes: -new Date().getTimezoneOffset() });
    return {
      rename: (id: string, title: string) => run(() => host.renameConversation(id, title)),
      remove: (list: ConversationSummary[]) =>
        run(async () => {
          await all(list, (id) => host.deleteConversation(id));
          const here = list.find((one) => one.id === open);
          if (here) onOpen(null);
          changed(list, said(list, "chat.deleted", "list.deletedMany"), async (one) => {
            await host.restoreConversation(one.id);
            if (one === here) onOpen(one.id);
          });
        }),
      archive: (list: ConversationSummary[], archived: boolean) =>
        run(async () => {
          await all(list, (id) => host.archiveConversation(id, archived));
          if (archived) changed(list, said(list, "list.archivedOne", "list.archivedMany"), (one) => host.archiveConversation(one.id, false));
        }),
      pin: (list: ConversationSummary[], pinned: boolean) => run(() => all(list, (id) => host.pinConversation(id, pinned))),
      move: (list: ConversationSummary[], folder: string | null) => run(() => all(list, (id) => host.moveConversation(id, folder))),
      /** Makes a folder under a name that is free, and puts these into it; `onMade` is where it gets its own name. */
      makeFolder: (folders: Folder[], list: ConversationSummary[], onMade: (folder: string) => void) =>
        run(async () => {
          const folder = await host.saveFolder({ id: "", name: freeName(t("list.newFolder"), folders), position: folders.length });
          await all(list, (id) => host.moveConversation(id, folder.id));
          await client.invalidateQueries({ queryKey: keys.folders });
          onMade(folder.id);
        }),
      save: (id: string, format: ExportFormat) =>
        run(async () => {
          const path = await host.exportConversation(id, format, reader());
          if (path) tell(t("export.saved", { path }));
        }),
      print: (id: string) => run(async () => printPage(await host.printedConversation(id, reader()))),
      renameFolder: (folder: Folder, name: string) => run(() => host.saveFolder({ ...folder, name })),
      removeFolder: (folder: Folder) => run(() => host.deleteFolder(folder.id)),
    };
  }, [t, i18n, host, client, run, open, onOpen]);
}
