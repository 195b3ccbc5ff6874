// The first line that runs: which host there is, and the window over it.
import "@fontsource-variable/jetbrains-mono";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { HostProvider } from "./host/context";
import type { Host } from "./host/host";
import "./i18n";
import { App } from "./shell/App";
import "./style/base.css";
import "./style/fonts.css";

async function chooseHost(): Promise<Host> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./host/tauri")).tauriHost;
  return (await import("./host/scripted")).scriptedHostFromAddress(location.search);
}

/** The host is this computer: asking again without a reason brings nothing, and a refusal stays a refusal. */
const client = new QueryClient({
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, networkMode: "always" }, mutations: { networkMode: "always" } },
});

const root = document.getElementById("root");
if (root) {
  const host = await chooseHost();
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <HostProvider host={host}>
          <App />
        </HostProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
