// A host in memory, for tests and for `npm run dev` in a browser: same commands, same refusals, no network.
import type { Host } from "./host";
import { chatCommands } from "./scripted/chat";
import { filesCommands } from "./scripted/files";
import { keysCommands } from "./scripted/keys";
import { libraryCommands } from "./scripted/library";
import { listCommands } from "./scripted/list";
import { routesCommands } from "./scripted/routes";
import { traffic } from "./scripted/traffic";
import { transferCommands } from "./scripted/transfer";
import { treeCommands } from "./scripted/tree";
import { watchingCommands } from "./scripted/watching";
import { World } from "./scripted/world";
import type { WorldOptions } from "./scripted/world";

export function hostOf(world: World): Host {
  return {
    ...chatCommands(world),
    ...treeCommands(world),
    ...filesCommands(world),
    ...listCommands(world),
    ...libraryCommands(world),
    ...transferCommands(world),
    ...keysCommands(world),
    ...routesCommands(world),
    ...watchingCommands(world),
    async status() {
      if (world.held) throw world.held;
      return world.status;
    },
    async openAgain() {
      if (world.held) throw world.held;
    },
    async dismissNotice(id) {
      world.statusChanges({ notices: world.status.notices.filter((notice) => notice.id !== id) });
    },
    getSettings: async () => world.settings,
    async saveSettings(settings) {
      world.settings = settings;
      return settings;
    },
    async listExchanges(before, limit) {
      const start = before ? world.exchanges.findIndex((row) => row.id === before) + 1 : 0;
      const rows = world.exchanges.slice(start, start + limit);
      const more = start + limit < world.exchanges.length;
      return { rows, next: more ? (rows.at(-1)?.id ?? null) : null, total: world.exchanges.length };
    },
    onEvent(listener) {
      world.listeners.add(listener);
      return () => world.listeners.delete(listener);
    },
    async openUrl(url) {
      window.open(url, "_blank", "noopener");
    },
  };
}

/** The browser chooses a scene by the address: `?scene=new&vault=missing&pace=20&lan&traffic&crowd=10000&crashed`. */
export function scriptedHostFromAddress(search: string): Host {
  const asked = new URLSearchParams(search);
  const options: WorldOptions = {};
  if (asked.get("scene") === "new") options.scene = "new";
  const vault = asked.get("vault");
  if (vault === "keychain" || vault === "file" || vault === "locked" || vault === "missing") options.vault = vault;
  if (asked.has("pace")) options.pace = Number(asked.get("pace"));
  options.lan = asked.has("lan");
  options.crashed = asked.has("crashed");
  options.crowd = Number(asked.get("crowd") ?? 0);
  const world = new World(options);
  if (asked.has("traffic")) traffic(world);
  return hostOf(world);
}
