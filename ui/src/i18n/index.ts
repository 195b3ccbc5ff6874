// The two languages. Follows the system until a person chooses; the choice stays on this computer.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import zh from "./zh.json";

export type Language = "system" | "en" | "zh";
const KEPT = "nexdesk.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export function chosenLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  return kept === "en" || kept === "zh" ? kept : "system";
}

/** Traditional and Simplified readers both get 简体中文, everyone else English. */
export function systemLanguage(languages: readonly string[] = navigator.languages): "en" | "zh" {
  return languages[0]?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

function resolve(language: Language): "en" | "zh" {
  return language === "system" ? systemLanguage() : language;
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
  void i18next.changeLanguage(resolve(language));
}

const follow = (language: string) => (document.documentElement.lang = language === "zh" ? "zh-Hans" : "en");
i18next.on("languageChanged", follow);

void i18next.use(initReactI18next).init({
  resources: { en: { translation: en }, zh: { translation: zh } },
  lng: resolve(chosenLanguage()),
  fallbackLng: "en",
  interpolation: { escapeValue: false },
});
follow(i18next.language);

export default i18next;
