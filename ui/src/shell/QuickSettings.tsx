// Colours, language, and what Enter does.
import { useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, chosenLanguage } from "../i18n";
import type { Language } from "../i18n";
import { useStatus } from "../host/queries";
import { Segmented } from "../primitives/Segmented";
import { useAppearance } from "./useAppearance";

export function QuickSettings() {
  const { t } = useTranslation();
  const { settings, theme, change } = useAppearance();
  const [language, setLanguage] = useState<Language>(chosenLanguage);
  const status = useStatus();
  return (
    <div className="grid w-[300px] gap-3.5 p-4">
      <Row label={t("settings.theme")}>
        <Segmented
          label={t("settings.theme")}
          value={theme}
          onChange={(next) => change({ theme: next })}
          options={[
            { value: "system", label: t("settings.system") },
            { value: "light", label: t("settings.light") },
            { value: "dark", label: t("settings.dark") },
          ]}
        />
      </Row>
      <Row label={t("settings.language")}>
        <Segmented
          label={t("settings.language")}
          value={language}
          onChange={(next) => {
            setLanguage(next);
            chooseLanguage(next);
          }}
          options={[
            { value: "system", label: t("settings.system") },
            { value: "en", label: "English" },
            { value: "zh", label: "简体中文" },
          ]}
        />
      </Row>
      <Row label={t("settings.sendWith")}>
        <Segmented
          label={t("settings.sendWith")}
          value={settings?.sendWithEnter === false ? "ctrl" : "enter"}
          onChange={(next) => change({ sendWithEnter: next === "enter" })}
          options={[
            { value: "enter", label: "Enter" },
            { value: "ctrl", label: "Ctrl Enter" },
          ]}
        />
      </Row>
      {status ? (
        <p className="selectable border-t border-line pt-3 text-xs text-ink-2 [overflow-wrap:anywhere]">
          Nexdesk {status.version}
          <br />
          {t("settings.dataDir", { path: status.dataDir })}
        </p>
      ) : null}
    </div>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-1.5">
      <span className="text-s text-ink-2">{label}</span>
      {children}
    </div>
  );
}
