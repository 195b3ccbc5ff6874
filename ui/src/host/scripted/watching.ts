// What the scripted host says of itself: figures that grow with the exchanges, and one exchange that was kept.
import type { Bill, Captured, MetricsToken } from "../../bindings";
import type { Commands } from "../host";
import { notFound } from "./found";
import type { World } from "./world";

export type WatchingCommands = Pick<
  Commands,
  "relayFigures" | "captured" | "bill" | "metricsToken" | "createMetricsToken" | "removeMetricsToken" | "keepCollectorSecret"
>;

const head = "content-type: application/json\n";

export function watchingCommands(world: World): WatchingCommands {
  let token: MetricsToken | null = null;

  return {
    async relayFigures() {
      const tries = world.exchanges.flatMap((row) => row.attempts.slice(1));
      return { ended: world.exchanges.length, retried: 0, failedOver: tries.length, addedUs: 84, reported: 0, unreported: 0, collectorTrouble: null, uncaptured: 0 };
    },
    async captured(exchange): Promise<Captured> {
      const row = world.exchanges.find((one) => one.id === exchange);
      if (!row || row.outcome === "ok") return { request: null, response: null };
      const request = JSON.stringify({ model: row.modelAsked, messages: [{ role: "user", content: "Hello" }] });
      const response = JSON.stringify({ error: { message: "The gateway is overloaded.", code: row.code } });
      return {
        request: { head, text: request, size: request.length, truncated: false },
        response: { head, text: response, size: response.length, truncated: false },
      };
    },
    async bill(exchange): Promise<Bill> {
      const row = world.exchanges.find((one) => one.id === exchange);
      if (!row) throw notFound("exchange");
      const price = world.models.find((one) => one.name === row.modelAsked)?.price ?? null;
      const { input, cached, output } = row.tokens;
      const lines = [
        { what: "input", count: input, nano: price?.input ?? null },
        { what: "cached", count: cached, nano: price?.cached ?? null },
        { what: "output", count: output, nano: price?.output ?? null },
      ] as const;
      return { source: price ? "gateway" : null, lines: lines.filter((line) => line.count !== null) };
    },
    metricsToken: async () => token,
    async createMetricsToken() {
      token = { lastFour: "k3Ww", createdAt: Date.now() };
      return "nxm-scripted-k3Ww";
    },
    async removeMetricsToken() {
      token = null;
    },
    async keepCollectorSecret() {},
  };
}
