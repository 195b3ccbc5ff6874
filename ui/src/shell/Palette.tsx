// Ctrl K: go anywhere, open any conversation, find any message, and do what can be done here and now.
import { Dialog as Base } from "@base-ui/react/dialog";
import { ArrowRightLeft, ChartNoAxesColumn, Copy, KeyRound, MessageSquare, Moon, Route, SlidersHorizontal, TextSearch, Zap } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConversations, useFound, useStatus } from "../host/queries";
import type { Command } from "../parts/shortcuts/table";
import { shortcuts, spelled } from "../parts/shortcuts/table";
import { canDo, run } from "../parts/shortcuts/useShortcut";
import { copyText } from "../primitives/copy";
import { useCover } from "../primitives/useCover";
import { Kbd, modifier } from "../primitives/Kbd";
import { OptionList } from "../primitives/OptionList";
import type { Option } from "../primitives/OptionList";
import { tell } from "../primitives/toast";
import { chatAt } from "./place";
import type { PanelName } from "./place";
import { useAppearance } from "./useAppearance";

type Props = { onClose: () => void; onGo: (panel: PanelName, open: string | null) => void };
type Doing = Option & { run: () => void };
/** Of ten thousand conversations those touched last; the rest is found by its words. */
const RECENT = 200;
const HITS = 8;
const unlisted: Command[] = ["palette", "stop"];

export function Palette({ onClose, onGo }: Props) {
  const { t } = useTranslation();
  useCover();
  const url = useStatus()?.relay.url;
  const { theme, change } = useAppearance();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed);
  const hits = useFound(wanted.trim().length > 1 ? wanted : "", HITS).data ?? [];
  const conversations = useConversations().data ?? [];
  const dark = theme === "dark" || (theme === "system" && document.documentElement.dataset.theme === "dark");

  const commands: Doing[] = shortcuts
    .filter(({ command }) => !unlisted.includes(command) && canDo(command))
    // The palette gives the focus back as it closes; only then can a command take it.
    .map(({ command, keys }) => ({ value: `key:${command}`, label: t(`shortcuts.${command}`), icon: <Zap />, hint: <Kbd>{spelled(keys[0] ?? "", modifier)}</Kbd>, run: () => setTimeout(() => run(command), 30) }));
  const doing: Doing[] = [
    ...commands,
    { value: "go:chat", label: t("palette.go", { name: t("rail.chat") }), icon: <MessageSquare />, run: () => onGo("chat", null) },
    { value: "go:relay", label: t("palette.go", { name: t("rail.relay") }), icon: <ArrowRightLeft />, run: () => onGo("relay", null) },
    { value: "do:rules", label: t("relay.rules.title"), icon: <Route />, run: () => onGo("relay", "rules") },
    { value: "go:keys", label: t("palette.go", { name: t("rail.keys") }), icon: <KeyRound />, run: () => onGo("keys", null) },
    { value: "go:usage", label: t("palette.go", { name: t("rail.usage") }), icon: <ChartNoAxesColumn />, run: () => onGo("usage", null) },
    ...(["tools", "prompts", "transfer"] as const).map((section) => ({ value: `go:${section}`, label: t(`prefs.${section}`), icon: <SlidersHorizontal />, run: () => onGo("settings", section) })),
    { value: "do:theme", label: dark ? t("palette.light") : t("palette.dark"), icon: <Moon />, run: () => change({ theme: dark ? "light" : "dark" }) },
  ];
  if (url) {
    const copy = () => void copyText(url).then((done) => done && tell(t("palette.copied", { url })));
    doing.push({ value: "do:copy", label: t("palette.copyAddress"), hint: <code>{url}</code>, icon: <Copy />, run: copy });
  }
  const jumps: Doing[] = conversations.slice(0, RECENT).map((one) => ({ value: `c:${one.id}`, label: one.title, words: one.model ?? "", icon: <MessageSquare />, run: () => onGo("chat", one.id) }));
  // Found by the host, whatever it found them by: what was typed is among their words.
  const found: Doing[] = hits.map((hit) => ({ value: `m:${hit.message}`, label: hit.snippet, words: wanted, hint: <span className="block max-w-[150px] truncate">{hit.title}</span>, icon: <TextSearch />, run: () => onGo("chat", chatAt(hit.conversation, hit.message)) }));

  return (
    <Base.Root open onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[oklch(0_0_0/.28)] dark:bg-[oklch(0_0_0/.5)]" />
        <Base.Popup
          aria-label={t("palette.label")}
          data-testid="palette"
          className="fixed top-[14vh] left-1/2 z-50 flex max-h-[min(440px,64vh)] w-[560px] max-w-[calc(100vw-48px)] -translate-x-1/2 flex-col overflow-hidden rounded-m border border-line bg-panel shadow-[0_16px_48px_oklch(0_0_0/.24)] outline-none"
        >
          <OptionList
            groups={[
              { label: t("palette.actions"), options: doing },
              { label: t("chat.conversations"), options: jumps },
              { label: t("find.messages"), options: typed.trim() ? found : [] },
            ]}
            placeholder={t("palette.placeholder")}
            empty={t("palette.nothing")}
            onType={setTyped}
            onPick={(value) => {
              [...doing, ...jumps, ...found].find((option) => option.value === value)?.run();
              onClose();
            }}
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
