// Light, dark, or as the system has it. theme.js does the same before the first paint, from what is kept here.
import type { Theme } from "../bindings";

const KEPT = "nexdesk.theme";

export function applyTheme(theme: Theme): () => void {
  localStorage.setItem(KEPT, theme);
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const dark = theme === "dark" || (theme === "system" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  paint();
  system.addEventListener("change", paint);
  return () => system.removeEventListener("change", paint);
}

export function keptTheme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}
