// Who answers in each conversation: one model, or up to four side by side. Remembered while the window lives.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useHost } from "../../host/context";
import { keys, useModels, useSettings } from "../../host/queries";
import type { Model } from "../../bindings";
import { modelFor, offered } from "./models";

const NEW = "new";

export function useChosenModels(id: string | null, lastUsed: string | null | undefined) {
  const host = useHost();
  const client = useQueryClient();
  const settings = useSettings();
  const list = useModels();
  const models = useMemo(() => offered(list.data ?? []), [list.data]);
  const [picked, setPicked] = useState<Record<string, string[]>>({});
  const here = picked[id ?? NEW];
  const first = modelFor(models, { picked: here?.[0], lastUsed, usual: settings?.defaultModel });
  const chosen = useMemo(() => {
    const others = (here?.slice(1) ?? []).map((one) => models.find((model) => model.id === one)).filter((one): one is Model => one !== undefined && one.id !== first?.id);
    return first ? [first, ...others] : [];
  }, [here, models, first]);

  function choose(ids: string[]) {
    setPicked((all) => ({ ...all, [id ?? NEW]: ids }));
    const [usual] = ids;
    if (settings && usual && usual !== settings.defaultModel) void host.saveSettings({ ...settings, defaultModel: usual }).then((saved) => client.setQueryData(keys.settings, saved));
  }
  /** A comparison is of one message: what follows goes to one model again. */
  function alone() {
    setPicked((all) => ({ ...all, [id ?? NEW]: (all[id ?? NEW] ?? []).slice(0, 1) }));
  }
  return { models, chosen, choose, alone, none: list.isSuccess && models.length === 0, sendWithEnter: settings?.sendWithEnter ?? true };
}
