// Settings: how chats behave, how the window looks, tools, prompts, and the way in and out.
import { ArrowDownUp, MessageSquare, Palette, TextQuote, Wrench } from "lucide-react";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { List, Panel, Title } from "../../primitives/Stage";
import { Appearance } from "./Appearance";
import { ChatPrefs } from "./ChatPrefs";
import { Prompts } from "./prompts/Prompts";
import { Tools } from "./tools/Tools";
import { Transfer } from "./Transfer";

const sections = ["chat", "appearance", "tools", "prompts", "transfer"] as const;
type Section = (typeof sections)[number];
const icons: Record<Section, ReactNode> = { chat: <MessageSquare />, appearance: <Palette />, tools: <Wrench />, prompts: <TextQuote />, transfer: <ArrowDownUp /> };
const pages: Record<Section, () => ReactNode> = { chat: ChatPrefs, appearance: Appearance, tools: Tools, prompts: Prompts, transfer: Transfer };

type Props = { open: string | null; onOpen: (section: string | null) => void };

export function SettingsPanel({ open, onOpen }: Props) {
  const { t } = useTranslation();
  const here = sections.find((one) => one === open) ?? "chat";
  const Page = pages[here];
  const list = (
    <List label={t("rail.settings")} bar={<Title>{t("rail.settings")}</Title>}>
      <nav aria-label={t("rail.settings")} className="grid gap-px px-1.5 pt-2">
        {sections.map((section) => (
          <button
            key={section}
            type="button"
            data-testid={`settings-${section}`}
            aria-current={section === here ? "page" : undefined}
            onClick={() => onOpen(section)}
            className={clsx("flex h-9 items-center gap-2.5 rounded-s px-[9px] text-left focus-visible:outline-offset-[-2px] [&_svg]:size-4", section === here ? "bg-accent-soft font-medium text-accent" : "hover:bg-hover [&_svg]:text-ink-2")}
          >
            {icons[section]}
            {t(`prefs.${section}`)}
          </button>
        ))}
      </nav>
    </List>
  );
  return (
    <Panel list={list}>
      <Page key={here} />
    </Panel>
  );
}
