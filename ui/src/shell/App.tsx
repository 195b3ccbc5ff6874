// The window: rail, panel, strip, and what lies over them.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Toaster } from "sonner";
import { useHost } from "../host/context";
import { followEvents } from "../host/events";
import { useInterrupted, useStartTrouble, useStatus } from "../host/queries";
import { ChatPanel } from "../panels/chat/ChatPanel";
import { KeysPanel } from "../panels/keys/KeysPanel";
import { RelayPanel } from "../panels/relay/RelayPanel";
import { SettingsPanel } from "../panels/settings/SettingsPanel";
import { UsagePanel } from "../panels/usage/UsagePanel";
import { run, useShortcut, useShortcutKeys } from "../parts/shortcuts/useShortcut";
import { Boundary } from "./Boundary";
import { Notices } from "./Notices";
import { Palette } from "./Palette";
import { chatAt, type PanelName, type Place, spotIn } from "./place";
import { usePlace } from "./place";
import { Rail } from "./Rail";
import { ShortcutsHelp } from "./ShortcutsHelp";
import { StartTrouble } from "./StartTrouble";
import { Strip } from "./Strip";
import { useAppearance } from "./useAppearance";

export function App() {
  const host = useHost();
  const client = useQueryClient();
  const status = useStatus();
  const trouble = useStartTrouble();
  const { theme } = useAppearance();
  const [place, go] = usePlace();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const last = useRef<Partial<Record<PanelName, string | null>>>({});
  const safe = useSafeStart(place, go);
  useEffect(() => followEvents(host, client), [host, client]);
  useEffect(() => {
    last.current[place.panel] = place.open;
  }, [place.panel, place.open]);
  // Coming back to a panel finds it as it was left.
  const goTo = useCallback((panel: PanelName) => go(panel, last.current[panel] ?? null), [go]);

  useShortcutKeys();
  useShortcut("palette", () => setPalette((open) => !open));
  useShortcut("help", () => setHelp(true));
  useShortcut("newChat", () => go("chat", null));
  useShortcut("settings", () => goTo("settings"));
  useShortcut("search", place.panel === "chat" ? null : () => {
    goTo("chat");
    setTimeout(() => run("search"), 50); // once its field is there
  });

  if (trouble) return <StartTrouble problem={trouble} />;
  return (
    <div className="grid h-full grid-cols-[var(--rail-w)_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_var(--strip-h)]">
      <Rail at={place.panel} onGo={goTo} />
      <main className="flex min-h-0 min-w-0 flex-col bg-bg">
        <Notices notices={status?.notices ?? []} />
        <div className="min-h-0 flex-1">
          <Boundary key={place.panel}>{safe ? <Stage place={place} go={go} /> : null}</Boundary>
        </div>
      </main>
      <Strip status={status} onPalette={() => setPalette(true)} onVault={() => goTo("keys")} />
      {palette ? <Palette onClose={() => setPalette(false)} onGo={go} /> : null}
      {help ? <ShortcutsHelp onClose={() => setHelp(false)} /> : null}
      <Toaster theme={theme} position="top-right" offset={{ top: 62, right: 16 }} toastOptions={{ className: "nexdesk-toast" }} />
    </div>
  );
}

/** After a crash the app opens on an empty view: what was open may be what brought it down. */
function useSafeStart(place: Place, go: ReturnType<typeof usePlace>[1]): boolean {
  const left = useInterrupted();
  const [safe, setSafe] = useState(false);
  useEffect(() => {
    if (safe || left === undefined) return;
    if (left.length && place.panel === "chat" && place.open) go("chat", null);
    setSafe(true);
  }, [safe, left, place, go]);
  // Only an open chat has to wait for the answer.
  return safe || place.panel !== "chat" || place.open === null;
}

function Stage({ place, go }: { place: Place; go: ReturnType<typeof usePlace>[1] }) {
  const openChat = useCallback((id: string | null, message?: string) => go("chat", id === null ? null : chatAt(id, message)), [go]);
  const openKeys = useCallback((id: string | null = null) => go("keys", id), [go]);
  const openRelay = useCallback((id: string | null) => go("relay", id), [go]);
  const openUsage = useCallback(() => go("usage", null), [go]);
  const openSettings = useCallback((section: string | null) => go("settings", section), [go]);
  switch (place.panel) {
    case "chat": {
      const { conversation, message } = spotIn(place.open);
      return <ChatPanel conversation={conversation} jump={message} onOpen={openChat} onOpenKeys={openKeys} onOpenTools={() => openSettings("tools")} />;
    }
    case "relay":
      return <RelayPanel open={place.open} onOpen={openRelay} onUsage={openUsage} />;
    case "keys":
      return <KeysPanel chosen={place.open} onChoose={openKeys} />;
    case "usage":
      return <UsagePanel />;
    case "settings":
      return <SettingsPanel open={place.open} onOpen={openSettings} />;
  }
}
