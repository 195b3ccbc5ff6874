// Attaching: from the clipboard, a drop, the file picker or the screen. What is still being read is already a chip.
import { useCallback, useEffect, useRef, useState } from "react";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import type { Attachment, Problem } from "../../../bindings";
import type { ChangeDraft } from "../drafts";

/** A file on its way in, or one that could not be taken. */
export type Pending = { key: number; name: string; size: number; problem: Problem | null };

/** Pictures from the clipboard all come as "image.png". */
export function named(file: File, now: Date): string {
  if (file.name && !/^image\.\w+$/.test(file.name)) return file.name;
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0")).join(".");
  return `${clock} ${file.name || "file"}`;
}

export function useFiles(conversation: string | null, change: ChangeDraft) {
  const host = useHost();
  const [pending, setPending] = useState<Pending[]>([]);
  const next = useRef(1);
  // What is read for one conversation must not land in another that was opened meanwhile.
  const target = useRef({ conversation, change });
  useEffect(() => {
    if (target.current.conversation !== conversation) setPending([]);
    target.current = { conversation, change };
  }, [conversation, change]);

  const take = useCallback((name: string, size: number, read: () => Promise<Attachment>) => {
    const key = next.current++;
    const into = target.current.change;
    setPending((all) => [...all, { key, name, size, problem: null }]);
    void read().then(
      (attachment) => {
        setPending((all) => all.filter((one) => one.key !== key));
        into((draft) => ({ ...draft, files: [...draft.files, attachment] }));
      },
      (thrown: unknown) => setPending((all) => all.map((one) => (one.key === key ? { ...one, problem: asProblem(thrown) } : one))),
    );
  }, []);

  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const name = named(file, new Date());
        take(name, file.size, async () => host.attachFile(name, file.type, new Uint8Array(await file.arrayBuffer())));
      }
    },
    [host, take],
  );
  const screenshot = useCallback((name: string) => take(name, 0, () => host.takeScreenshot()), [host, take]);
  const remove = useCallback(
    (id: string) => {
      change((draft) => ({ ...draft, files: draft.files.filter((one) => one.id !== id) }));
      void host.dropAttachment(id).catch(() => undefined);
    },
    [host, change],
  );
  const dismiss = useCallback((key: number) => setPending((all) => all.filter((one) => one.key !== key)), []);
  return { pending, add, screenshot, remove, dismiss };
}
