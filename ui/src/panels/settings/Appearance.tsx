// Colours and language.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../../host/queries";
import { chooseLanguage, chosenLanguage } from "../../i18n";
import type { Language } from "../../i18n";
import { useAppSettings } from "../../parts/appSettings";
import { Segmented } from "../../primitives/Segmented";
import { Card } from "../../primitives/Table";
import { Page, Setting } from "./Page";

export function Appearance() {
  const { t } = useTranslation();
  const { settings, change } = useAppSettings();
  const [language, setLanguage] = useState<Language>(chosenLanguage);
  const status = useStatus();
  return (
    <Page title={t("prefs.appearance")}>
      <Card title={t("prefs.look")}>
        <Setting label={t("settings.theme")}>
          <Segmented
            label={t("settings.theme")}
            value={settings?.theme ?? "system"}
            onChange={(theme) => change({ theme })}
            options={[
              { value: "system", label: t("settings.system") },
              { value: "light", label: t("settings.light") },
              { value: "dark", label: t("settings.dark") },
            ]}
          />
        </Setting>
        <Setting label={t("settings.language")}>
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
        </Setting>
      </Card>
      {status ? (
        <p className="selectable px-1 text-s text-ink-2 [overflow-wrap:anywhere]">
          Nexdesk {status.version} · {t("settings.dataDir", { path: status.dataDir })}
        </p>
      ) : null}
    </Page>
  );
}
