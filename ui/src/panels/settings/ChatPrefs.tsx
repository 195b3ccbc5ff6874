// How every chat behaves, unless a conversation says otherwise.
import { useTranslation } from "react-i18next";
import { useModels } from "../../host/queries";
import { useAppSettings } from "../../parts/appSettings";
import { modifier } from "../../primitives/Kbd";
import { Segmented } from "../../primitives/Segmented";
import { Select } from "../../primitives/Select";
import { Switch } from "../../primitives/Switch";
import { Card } from "../../primitives/Table";
import { Page, Setting } from "./Page";

export function ChatPrefs() {
  const { t } = useTranslation();
  const { settings, change } = useAppSettings();
  const models = (useModels().data ?? []).filter((one) => one.kind === "chat");
  if (!settings) return <Page title={t("prefs.chat")}>{null}</Page>;
  return (
    <Page title={t("prefs.chat")}>
      <Card title={t("prefs.writing")}>
        <Setting label={t("settings.sendWith")} note={settings.sendWithEnter ? t("prefs.enterNote") : t("prefs.ctrlEnterNote")}>
          <Segmented
            label={t("settings.sendWith")}
            value={settings.sendWithEnter ? "enter" : "ctrl"}
            onChange={(next) => change({ sendWithEnter: next === "enter" })}
            options={[
              { value: "enter", label: "Enter" },
              { value: "ctrl", label: `${modifier} Enter` },
            ]}
          />
        </Setting>
      </Card>
      <Card title={t("prefs.answers")}>
        <Setting label={t("tuning.autoContinue")} note={t("tuning.autoContinueNote")}>
          <Switch label={t("tuning.autoContinue")} on={settings.autoContinue} onChange={(autoContinue) => change({ autoContinue })} />
        </Setting>
        <Setting label={t("prefs.autoTitle")} note={t("prefs.autoTitleNote")}>
          <Switch label={t("prefs.autoTitle")} on={settings.autoTitle} onChange={(autoTitle) => change({ autoTitle })} />
        </Setting>
        {settings.autoTitle ? (
          <Setting label={t("prefs.titleModel")}>
            <Select
              bare
              label={t("prefs.titleModel")}
              className="w-[240px]"
              value={settings.titleModel ?? ""}
              onChoose={(id) => change({ titleModel: id || null })}
              choices={[{ value: "", label: t("prefs.cheapest") }, ...models.map((one) => ({ value: one.id, label: `${one.name} · ${one.gatewayName}` }))]}
            />
          </Setting>
        ) : null}
      </Card>
    </Page>
  );
}
