// The window: rail, panel, strip, and what lies over them.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Toaster } from "sonner";
import { useHost } from "../host/context";
import { followEvents } from "../host/events";
import { useStartTrouble, useStatus } from "../host/queries";
import { ChatPanel } from "../panels/chat/ChatPanel";
import { KeysPanel } from "../panels/keys/KeysPanel";
import { RelayPanel } from "../panels/relay/RelayPanel";
import { UsagePanel } from "../panels/usage/UsagePanel";
import { Boundary } from "./Boundary";
import { Notices } from "./Notices";
import { Palette } from "./Palette";
import type { PanelName, Place } from "./place";
import { usePlace } from "./place";
import { Rail } from "./Rail";
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
  const last = useRef<Partial<Record<PanelName, string | null>>>({});
  useEffect(() => followEvents(host, client), [host, client]);
  useEffect(() => {
    last.current[place.panel] = place.open;
  }, [place.panel, place.open]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setPalette((open) => !open);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  // Coming back to a panel finds it as it was left.
  const goTo = useCallback((panel: PanelName) => go(panel, last.current[panel] ?? null), [go]);

  if (trouble) return <StartTrouble problem={trouble} />;
  return (
    <div className="grid h-full grid-cols-[var(--rail-w)_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_var(--strip-h)]">
      <Rail at={place.panel} onGo={goTo} />
      <main className="flex min-h-0 min-w-0 flex-col bg-bg">
        <Notices notices={status?.notices ?? []} />
        <div className="min-h-0 flex-1">
          <Boundary key={place.panel}>
            <Stage place={place} go={go} />
          </Boundary>
        </div>
      </main>
      <Strip status={status} onPalette={() => setPalette(true)} onVault={() => goTo("keys")} />
      {palette ? <Palette onClose={() => setPalette(false)} onGo={go} /> : null}
      <Toaster theme={theme} position="top-right" offset={{ top: 62, right: 16 }} toastOptions={{ className: "nexdesk-toast" }} />
    </div>
  );
}

function Stage({ place, go }: { place: Place; go: ReturnType<typeof usePlace>[1] }) {
  const openChat = useCallback((id: string | null) => go("chat", id), [go]);
  const openKeys = useCallback((id: string | null = null) => go("keys", id), [go]);
  const openRelay = useCallback((id: string | null) => go("relay", id), [go]);
  const openUsage = useCallback(() => go("usage", null), [go]);
  switch (place.panel) {
    case "chat":
      return <ChatPanel conversation={place.open} onOpen={openChat} onOpenKeys={openKeys} />;
    case "relay":
      return <RelayPanel open={place.open} onOpen={openRelay} onUsage={openUsage} />;
    case "keys":
      return <KeysPanel chosen={place.open} onChoose={openKeys} />;
    case "usage":
      return <UsagePanel />;
  }
}
