// The routes of the scripted host: aliases and chains kept in memory, and a preview that follows them.
import type { PreviewStep, Problem, Route } from "../../bindings";
import type { Commands } from "../host";
import { notFound } from "./found";
import type { World } from "./world";

export type RoutesCommands = Pick<
  Commands,
  "listRoutes" | "addRoute" | "updateRoute" | "removeRoute" | "orderRoutes" | "previewModel" | "listLearned" | "forgetLearned" | "updateKey"
>;

const starred = (pattern: string) => new RegExp(`^${pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
const taken = (pattern: string): Problem => ({ code: "name_taken", fault: "you", message: `There is already a route for “${pattern}”.`, remedy: null, detail: null });

export function routesCommands(world: World): RoutesCommands {
  const named = (id: string) => world.gateways.find((one) => one.id === id)?.name ?? id;
  const step = (gateway: string, model: string, why: string): PreviewStep => ({ gateway, gatewayName: named(gateway), model, why, heldBack: null });
  const offering = (name: string) => world.models.filter((one) => one.name === name || one.id === name);

  return {
    listRoutes: async () => world.routes,
    async addRoute(ask) {
      if (world.routes.some((one) => one.pattern === ask.pattern && one.token === ask.token)) throw taken(ask.pattern);
      const route = { ...ask, id: world.id("r"), enabled: true };
      world.routes = [...world.routes, route];
      return route;
    },
    async updateRoute(route) {
      if (!world.routes.some((one) => one.id === route.id)) throw notFound("route");
      world.routes = world.routes.map((one) => (one.id === route.id ? route : one));
      return route;
    },
    async removeRoute(id) {
      world.routes = world.routes.filter((one) => one.id !== id);
    },
    async orderRoutes(ids) {
      const place = (route: Route) => (ids.includes(route.id) ? ids.indexOf(route.id) : ids.length);
      world.routes = [...world.routes].sort((a, b) => place(a) - place(b));
      return world.routes;
    },
    async previewModel(model, token) {
      const fits = (one: Route) => one.enabled && (one.token === null || one.token === token) && starred(one.pattern).test(model);
      const route = world.routes.find((one) => fits(one) && one.token !== null) ?? world.routes.find(fits);
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
    listLearned: async () => world.learned,
    async forgetLearned(gateway, model, parameter) {
      world.learned = world.learned.filter((one) => one.gateway !== gateway || one.model !== model || one.parameter !== parameter);
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
