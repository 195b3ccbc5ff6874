// The settings a person changes from the rail, saved as they are chosen.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Settings } from "../bindings";
import { useHost } from "../host/context";
import { asProblem } from "../host/problem";
import { keys, useSettings } from "../host/queries";
import { tellProblem } from "../primitives/toast";
import { applyTheme, keptTheme } from "./theme";

export function useAppearance() {
  const host = useHost();
  const client = useQueryClient();
  const settings = useSettings();
  const theme = settings?.theme ?? keptTheme();
  useEffect(() => applyTheme(theme), [theme]);

  function change(next: Partial<Settings>): void {
    if (!settings) return;
    const wanted = { ...settings, ...next };
    client.setQueryData(keys.settings, wanted);
    host.saveSettings(wanted).catch((thrown: unknown) => {
      client.setQueryData(keys.settings, settings);
      tellProblem(asProblem(thrown));
    });
  }
  return { settings, theme, change };
}
