// The colours the window wears, as the settings have them.
import { useEffect } from "react";
import { useAppSettings } from "../parts/appSettings";
import { applyTheme, keptTheme } from "./theme";

export function useAppearance() {
  const { settings, change } = useAppSettings();
  const theme = settings?.theme ?? keptTheme();
  useEffect(() => applyTheme(theme), [theme]);
  return { settings, theme, change };
}
