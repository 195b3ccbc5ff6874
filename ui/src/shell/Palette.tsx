// Ctrl K: go anywhere, open any conversation, and the few things one does often.
import { Dialog as Base } from "@base-ui/react/dialog";
import { ArrowRightLeft, ChartNoAxesColumn, Copy, KeyRound, MessageSquare, MessageSquarePlus, Moon, Route } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useConversations, useStatus } from "../host/queries";
import { copyText } from "../primitives/copy";
import { OptionList } from "../primitives/OptionList";
import type { Option } from "../primitives/OptionList";
import { tell } from "../primitives/toast";
import type { PanelName } from "./place";
import { useAppearance } from "./useAppearance";

type Props = { onClose: () => void; onGo: (panel: PanelName, open: string | null) => void };

export function Palette({ onClose, onGo }: Props) {
  const { t } = useTranslation();
  const url = useStatus()?.relay.url;
  const { theme, change } = useAppearance();
  const conversations = useConversations("").data ?? [];
  const dark = theme === "dark" || (theme === "system" && document.documentElement.dataset.theme === "dark");

  const doing: (Option & { run: () => void })[] = [
    { value: "do:new", label: t("chat.new"), icon: <MessageSquarePlus />, run: () => onGo("chat", null) },
    { value: "go:chat", label: t("palette.go", { name: t("rail.chat") }), icon: <MessageSquare />, run: () => onGo("chat", null) },
    { value: "go:relay", label: t("palette.go", { name: t("rail.relay") }), icon: <ArrowRightLeft />, run: () => onGo("relay", null) },
    { value: "do:rules", label: t("relay.rules.title"), icon: <Route />, run: () => onGo("relay", "rules") },
    { value: "go:keys", label: t("palette.go", { name: t("rail.keys") }), icon: <KeyRound />, run: () => onGo("keys", null) },
    { value: "go:usage", label: t("palette.go", { name: t("rail.usage") }), icon: <ChartNoAxesColumn />, run: () => onGo("usage", null) },
    { value: "do:theme", label: dark ? t("palette.light") : t("palette.dark"), icon: <Moon />, run: () => change({ theme: dark ? "light" : "dark" }) },
  ];
  if (url) {
    const copy = () => void copyText(url).then((done) => done && tell(t("palette.copied", { url })));
    doing.push({ value: "do:copy", label: t("palette.copyAddress"), hint: <code>{url}</code>, icon: <Copy />, run: copy });
  }
  const jumps = conversations.map((one) => ({ value: `c:${one.id}`, label: one.title, words: one.model ?? "", icon: <MessageSquare />, run: () => onGo("chat", one.id) }));

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
            ]}
            placeholder={t("palette.placeholder")}
            empty={t("palette.nothing")}
            onPick={(value) => {
              [...doing, ...jumps].find((option) => option.value === value)?.run();
              onClose();
            }}
          />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
