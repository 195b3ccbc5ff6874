// The whole window over a scripted host, for tests that do what a person does.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HostProvider } from "../host/context";
import { scriptedHost } from "../host/scripted";
import type { WorldOptions } from "../host/scripted/world";
import "../i18n";
import { App } from "./App";

export function openWindow(options: WorldOptions = {}, place = "#chat") {
  location.hash = place;
  const host = scriptedHost({ scene: "new", pace: 5, ...options });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={client}>
      <HostProvider host={host}>
        <App />
      </HostProvider>
    </QueryClientProvider>,
  );
  const user = userEvent.setup();
  return {
    host,
    user,
    find: (testid: string) => screen.findByTestId(testid),
    all: (testid: string) => screen.findAllByTestId(testid),
    click: async (testid: string) => user.click(await screen.findByTestId(testid)),
    type: async (testid: string, text: string) => user.type(await screen.findByTestId(testid), text),
  };
}
