// The app's settings, changed one at a time: shown at once, saved by the host, set back where it refuses.
import { useQueryClient } from "@tanstack/react-query";
import { useHost } from "../host/context";
import { asProblem } from "../host/problem";
import { keys, useSettings } from "../host/queries";
import type { Settings } from "../bindings";
import { inWords } from "./problem";
import { tellProblem } from "../primitives/toast";

export function useAppSettings() {
  const host = useHost();
  const client = useQueryClient();
  const settings = useSettings();
  function change(next: Partial<Settings>): void {
    if (!settings) return;
    const wanted = { ...settings, ...next };
    client.setQueryData(keys.settings, wanted);
    host.saveSettings(wanted).catch((thrown: unknown) => {
      client.setQueryData(keys.settings, settings);
      tellProblem(inWords(asProblem(thrown)));
    });
  }
  return { settings, change };
}
