// The routes in the order they are looked at: switched, moved, changed and removed where they stand.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Plus, Trash2 } from "lucide-react";
import { clsx } from "clsx";
import { useTranslation } from "react-i18next";
import type { Gateway, LocalToken, Route } from "../../../bindings";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import { inWords } from "../../../parts/problem";
import { Button, IconButton } from "../../../primitives/Button";
import { Pill } from "../../../primitives/Pill";
import { Switch } from "../../../primitives/Switch";
import { Card } from "../../../primitives/Table";
import { tell, tellProblem } from "../../../primitives/toast";
import { moved } from "./order";

type Props = { routes: Route[]; gateways: Gateway[]; tokens: LocalToken[]; onAdd: () => void; onEdit: (route: Route) => void };

export function RouteList({ routes, gateways, tokens, onAdd, onEdit }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const settled = {
    onError: (thrown: unknown) => tellProblem(inWords(asProblem(thrown))),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: keys.routes }), client.invalidateQueries({ queryKey: keys.previews })]),
  };
  const change = useMutation({ mutationFn: (route: Route) => host.updateRoute(route), ...settled });
  const order = useMutation({ mutationFn: (ids: string[]) => host.orderRoutes(ids), ...settled });
  const again = useMutation({ mutationFn: ({ route, at }: { route: Route; at: number }) => restore(route, at), ...settled });
  const remove = useMutation({
    mutationFn: ({ route }: { route: Route; at: number }) => host.removeRoute(route.id),
    onSuccess: (_, { route, at }) => tell(t("relay.rules.removed", { pattern: route.pattern }), { label: t("common.undo"), onUndo: () => again.mutate({ route, at }) }),
    ...settled,
  });

  /** As it was: where it stood, and off if it was off. */
  async function restore(route: Route, at: number): Promise<void> {
    const { pattern, token, strategy, targets, enabled } = route;
    const added = await host.addRoute({ pattern, token, strategy, targets });
    if (!enabled) await host.updateRoute({ ...added, enabled });
    const others = (await host.listRoutes()).map((one) => one.id).filter((id) => id !== added.id);
    await host.orderRoutes([...others.slice(0, at), added.id, ...others.slice(at)]);
  }

  const add = (
    <Button look="primary" data-testid="route-add" onClick={onAdd}>
      <Plus />
      {t("relay.rules.add")}
    </Button>
  );
  return (
    <Card title={t("relay.rules.routes")} note={routes.length ? t("relay.rules.orderNote") : undefined} action={add}>
      {routes.length === 0 ? <p className="px-3.5 py-5 text-m text-ink-2">{t("relay.rules.none")}</p> : null}
      <ol>
        {routes.map((route, index) => {
          const move = (by: number) => order.mutate(moved(routes, index, by).map((one) => one.id));
          const busy = order.isPending || change.isPending || again.isPending;
          return (
            <li key={route.id} data-testid="route" className="flex items-start gap-3 border-b border-line py-2.5 pr-2 pl-3.5 last:border-b-0">
              <span className="pt-[3px]">
                <Switch label={t("relay.rules.followed", { pattern: route.pattern })} on={route.enabled} disabled={busy} onChange={(enabled) => change.mutate({ ...route, enabled })} />
              </span>
              <div className={clsx("min-w-0 flex-1", route.enabled ? null : "opacity-55")}>
                <p className="flex min-h-6 flex-wrap items-center gap-2">
                  <code className="font-semibold [overflow-wrap:anywhere]">{route.pattern}</code>
                  <Pill>{t(`relay.rules.strategy.${route.strategy}`)}</Pill>
                  {route.token ? <Pill tone="accent">{t("relay.rules.onlyFor", { name: tokens.find((one) => one.id === route.token)?.name ?? t("relay.rules.goneTool") })}</Pill> : null}
                </p>
                <Targets route={route} gateways={gateways} />
              </div>
              <span className="flex shrink-0">
                <IconButton label={t("relay.rules.up", { pattern: route.pattern })} disabled={index === 0 || busy} onClick={() => move(-1)}>
                  <ArrowUp />
                </IconButton>
                <IconButton label={t("relay.rules.down", { pattern: route.pattern })} disabled={index === routes.length - 1 || busy} onClick={() => move(1)}>
                  <ArrowDown />
                </IconButton>
                <IconButton label={t("relay.rules.edit", { pattern: route.pattern })} data-testid="route-edit" onClick={() => onEdit(route)}>
                  <Pencil />
                </IconButton>
                <IconButton label={t("relay.rules.remove", { pattern: route.pattern })} data-testid="route-remove" onClick={() => remove.mutate({ route, at: index })}>
                  <Trash2 />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function Targets({ route, gateways }: { route: Route; gateways: Gateway[] }) {
  const { t } = useTranslation();
  const named = (id: string | null) => (id === null ? t("relay.rules.anyGateway") : (gateways.find((one) => one.id === id)?.name ?? t("relay.rules.goneGateway")));
  return (
    <ol className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-s">
      {route.targets.map((target, index) => (
        <li key={index} className="[overflow-wrap:anywhere]">
          <span className="num text-ink-2">{route.strategy === "weighted" ? `${target.weight} × ` : route.strategy === "order" ? `${index + 1} ` : ""}</span>
          {named(target.gateway)} · {target.model ? <code>{target.model}</code> : <span className="text-ink-2">{t("relay.rules.sameName")}</span>}
        </li>
      ))}
    </ol>
  );
}
