// The targets of a route while they are typed. Each has a name of its own, so that moving one keeps what is typed in it.
import type { RouteTarget } from "../../../bindings";

export type TypedTarget = { id: string; gateway: string; model: string; weight: string };
const HEAVIEST = 1000;
let named = 0;
const nextName = () => `target-${++named}`;

export function bare(): TypedTarget {
  return { id: nextName(), gateway: "", model: "", weight: "1" };
}

export function typedTargets(targets: RouteTarget[]): TypedTarget[] {
  return targets.map((target) => ({ id: nextName(), gateway: target.gateway ?? "", model: target.model, weight: String(target.weight) }));
}

export function weightOf(typed: string): number | null {
  const weight = /^\d{1,4}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  return weight >= 1 && weight <= HEAVIEST ? weight : null;
}

/** As the app keeps them; null while a weight that counts cannot be read, or there is none. */
export function kept(targets: TypedTarget[], weighted: boolean): RouteTarget[] | null {
  const whole = targets.map(({ gateway, model, weight }) => ({ gateway: gateway || null, model: model.trim(), weight: weightOf(weight) ?? (weighted ? 0 : 1) }));
  return whole.length && whole.every((target) => target.weight > 0) ? whole : null;
}
