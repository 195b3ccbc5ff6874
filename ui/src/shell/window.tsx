// The whole window over a scripted host, for tests that do what a person does.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HostProvider } from "../host/context";
import { hostOf } from "../host/scripted";
import { World } from "../host/scripted/world";
import type { WorldOptions } from "../host/scripted/world";
import "../i18n";
import { App } from "./App";

export function openWindow(options: WorldOptions = {}, place = "#chat") {
  location.hash = place;
  const world = new World({ scene: "new", pace: 5, ...options });
  const host = hostOf(world);
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
    world,
    user,
    find: (testid: string) => screen.findByTestId(testid),
    all: (testid: string) => screen.findAllByTestId(testid),
    click: async (testid: string) => user.click(await screen.findByTestId(testid)),
    type: async (testid: string, text: string) => user.type(await screen.findByTestId(testid), text),
  };
}
