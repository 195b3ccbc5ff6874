// The routes of the scripted host: aliases and chains kept in memory, and a preview that follows them.
import type { Learned, PreviewStep, Problem, Route } from "../../bindings";
import type { Commands } from "../host";
import { notFound } from "./chat";
import type { World } from "./world";

export type RoutesCommands = Pick<
  Commands,
  "listRoutes" | "addRoute" | "updateRoute" | "removeRoute" | "orderRoutes" | "previewModel" | "listLearned" | "forgetLearned" | "updateKey"
>;

const taken = (pattern: string): Problem => ({ code: "name_taken", fault: "you", message: `There is already a route for “${pattern}”.`, remedy: null, detail: null });

export function routesCommands(world: World): RoutesCommands {
  let routes: Route[] = [];
  let learned: Learned[] = [
    { gateway: "nexconn", gatewayName: "Nexconn-AI", model: "deepseek-v3", parameter: "stream_options", becomes: null, said: "stream_options is not supported", learnedAt: Date.now() - 86_400_000 },
  ];
  const named = (id: string) => world.gateways.find((one) => one.id === id)?.name ?? id;
  const step = (gateway: string, model: string, why: string): PreviewStep => ({ gateway, gatewayName: named(gateway), model, why, heldBack: null });
  const offering = (name: string) => world.models.filter((one) => one.name === name || one.id === name);

  return {
    listRoutes: async () => routes,
    async addRoute(ask) {
      if (routes.some((one) => one.pattern === ask.pattern && one.token === ask.token)) throw taken(ask.pattern);
      const route = { ...ask, id: world.id("r"), enabled: true };
      routes = [...routes, route];
      return route;
    },
    async updateRoute(route) {
      if (!routes.some((one) => one.id === route.id)) throw notFound("route");
      routes = routes.map((one) => (one.id === route.id ? route : one));
      return route;
    },
    async removeRoute(id) {
      routes = routes.filter((one) => one.id !== id);
    },
    async orderRoutes(ids) {
      const place = (route: Route) => (ids.includes(route.id) ? ids.indexOf(route.id) : ids.length);
      routes = [...routes].sort((a, b) => place(a) - place(b));
      return routes;
    },
    async previewModel(model) {
      const route = routes.find((one) => one.enabled && one.pattern === model);
      const steps = route
        ? route.targets.flatMap((target) => {
            const name = target.model || model;
            const gateways = target.gateway ? [target.gateway] : offering(name).map((one) => one.gateway);
            return gateways.map((gateway) => step(gateway, name, `The route “${route.pattern}” leads there.`));
          })
        : offering(model).map((one) => step(one.gateway, one.name, "It lists this model."));
      const problem: Problem | null = steps.length
        ? null
        : { code: "model_not_found", fault: "you", message: `No gateway here offers “${model}”.`, remedy: null, detail: null };
      return { steps, problem };
    },
    listLearned: async () => learned,
    async forgetLearned(gateway, model, parameter) {
      learned = learned.filter((one) => one.gateway !== gateway || one.model !== model || one.parameter !== parameter);
    },
    async updateKey(ask) {
      const gateway = world.gateways.find((one) => one.keys.some((key) => key.id === ask.id));
      const key = gateway?.keys.find((one) => one.id === ask.id);
      if (!gateway || !key) throw notFound("key");
      const changed = { ...key, ...ask };
      const keys = gateway.keys.map((one) => (one.id === ask.id ? changed : one));
      world.gateways = world.gateways.map((one) => (one.id === gateway.id ? { ...one, keys } : one));
      world.emit({ type: "gatewaysChanged" });
      return changed;
    },
  };
}
