// The keys half of the scripted host: gateways, keys, local tokens and the vault, with the refusals the real one gives.
import type { Gateway, LocalToken, Model, Problem } from "../../bindings";
import type { Commands } from "../host";
import { free, presets, shared } from "./catalogue";
import { notFound } from "./found";
import type { World } from "./world";

export type KeysCommands = Pick<
  Commands,
  | "listPresets" | "listGateways" | "addGateway" | "updateGateway" | "removeGateway" | "addKey" | "checkKey" | "removeKey"
  | "fetchModels" | "listModels" | "listTokens" | "createToken" | "setTokenLimits" | "pauseToken" | "revokeToken" | "createFileVault" | "unlockVault"
>;

const problem = (code: Problem["code"], message: string, remedy: string): Problem => ({ code, fault: "you", message, remedy, detail: null });
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function keysCommands(world: World): KeysCommands {
  function find(id: string): Gateway {
    const gateway = world.gateways.find((one) => one.id === id);
    if (!gateway) throw notFound("gateway");
    return gateway;
  }
  function change(id: string, next: Partial<Gateway>): Gateway {
    const changed = { ...find(id), ...next };
    world.gateways = world.gateways.map((one) => (one.id === id ? changed : one));
    world.emit({ type: "gatewaysChanged" });
    return changed;
  }

  function changeToken(id: string, next: Partial<LocalToken>): LocalToken {
    const token = world.tokens.find((one) => one.id === id);
    if (!token) throw notFound("token");
    const changed = { ...token, ...next };
    world.tokens = world.tokens.map((one) => (one.id === id ? changed : one));
    return changed;
  }

  return {
    listPresets: async () => presets,
    listGateways: async () => world.gateways,
    async addGateway(ask) {
      if (world.gateways.some((one) => one.name === ask.name)) throw problem("name_taken", `There is already a gateway called “${ask.name}”.`, "Choose another name.");
      if (!/^https?:\/\/./.test(ask.baseUrl)) throw problem("invalid_input", "That is not a web address.", "It begins with https:// and usually ends in /v1.");
      const preset = presets.find((one) => one.id === ask.preset);
      const needsKey = preset?.needsKey ?? true;
      const gateway: Gateway = {
        id: world.id("g"), name: ask.name, preset: ask.preset, baseUrl: ask.baseUrl, needsKey, sandbox: false, state: needsKey ? "no_key" : "unchecked",
        keys: [], models: 0, modelsFetchedAt: null, console: preset?.console ?? null, lastProblem: null,
      };
      world.gateways = [...world.gateways.slice(0, -1), gateway, ...world.gateways.slice(-1)];
      world.emit({ type: "gatewaysChanged" });
      return gateway;
    },
    updateGateway: async (ask) => change(ask.id, { name: ask.name, baseUrl: ask.baseUrl }),
    async removeGateway(id) {
      world.gateways = world.gateways.filter((one) => one.id !== id);
      world.models = world.models.filter((one) => one.gateway !== id);
      world.emit({ type: "gatewaysChanged" });
    },
    async addKey(ask) {
      if (world.status.vault.state === "missing") throw problem("vault_missing", "There is nowhere safe to keep this key yet.", "Keep keys in an encrypted file first.");
      const gateway = find(ask.gateway);
      if (gateway.keys.some((one) => one.name === ask.name)) throw problem("name_taken", `${gateway.name} already has a key called “${ask.name}”.`, "Choose another name.");
      const key = { ...shared, id: world.id("k"), gateway: ask.gateway, name: ask.name, lastFour: ask.secret.slice(-4), state: "unchecked", lastUsedAt: null, createdAt: Date.now() } as const;
      if (ask.secret.includes("wrong")) world.secrets.add(key.id);
      change(ask.gateway, { keys: [...gateway.keys, key], state: "ready" });
      return key;
    },
    async checkKey(id, keyId) {
      await wait(world.pace * 10);
      const gateway = find(id);
      const wrong = keyId ? world.secrets.has(keyId) : gateway.state === "failing";
      const away = gateway.baseUrl.includes("nowhere");
      const refusal = wrong ? problem("key_refused", `${gateway.name} refused the key.`, "Copy it again from its console; keys are shown there only once.")
        : away ? { ...problem("gateway_unreachable", `${gateway.baseUrl} does not answer.`, "Check the address and the network."), fault: "gateway" as const } : null;
      const state = refusal ? ("refused" as const) : ("healthy" as const);
      change(id, { state: refusal ? "failing" : "ready", lastProblem: refusal, models: refusal ? gateway.models : 31, modelsFetchedAt: Date.now(), keys: gateway.keys.map((one) => (one.id === keyId || !keyId ? { ...one, state } : one)) });
      return { ok: !refusal, latencyMs: refusal ? null : 312, models: refusal ? null : 31, problem: refusal };
    },
    async removeKey(id) {
      const gateway = world.gateways.find((one) => one.keys.some((key) => key.id === id));
      if (gateway) change(gateway.id, { keys: gateway.keys.filter((key) => key.id !== id) });
    },
    async fetchModels(id) {
      await wait(world.pace * 10);
      const gateway = find(id);
      const known = world.models.filter((one) => one.gateway === id);
      const first: Model = { id: `${id}/gpt-4.1`, name: "gpt-4.1", gateway: id, gatewayName: gateway.name, kind: "chat", free: false, price: null };
      const found = known.length ? known : [first];
      world.models = [...world.models.filter((one) => one.gateway !== id), ...found];
      change(id, { models: found.length, modelsFetchedAt: Date.now() });
      return found;
    },
    listModels: async () => world.models,
    listTokens: async () => world.tokens,
    async createToken(name) {
      if (world.tokens.some((one) => one.name === name)) throw problem("name_taken", `There is already a token called “${name}”.`, "Choose another name.");
      const secret = `nxd-${world.id("s").replace(/\W/g, "")}${"k3v9q".repeat(4)}`;
      const token = { ...free, id: world.id("t"), name, lastFour: secret.slice(-4), createdAt: Date.now(), lastUsedAt: null, spentToday: { nano: 0, basis: "reported" as const } };
      world.tokens = [...world.tokens, token];
      return { token, secret };
    },
    async setTokenLimits(id, limits) {
      const old = world.tokens.find((one) => one.id === id)?.budgets ?? [];
      const amounts = [["day", limits.dayNano], ["month", limits.monthNano], ["total", limits.totalNano]] as const;
      const budgets = amounts.flatMap(([period, limitNano]) =>
        limitNano === null ? [] : [{ spentNano: 0, reservedNano: 0, until: null, ...old.find((one) => one.period === period), period, limitNano }],
      );
      return changeToken(id, { limits, budgets });
    },
    async pauseToken(id, paused) {
      return changeToken(id, { paused });
    },
    async revokeToken(id) {
      world.tokens = world.tokens.filter((one) => one.id !== id);
    },
    async createFileVault() {
      world.statusChanges({ vault: { state: "file", sentence: null } });
      return world.status.vault;
    },
    async unlockVault(passphrase) {
      if (passphrase === "wrong") throw problem("wrong_passphrase", "That passphrase does not open the file.", "Try again; nothing was changed.");
      world.statusChanges({ vault: { state: "file", sentence: null } });
      return world.status.vault;
    },
  };
}
