// A route to add or to change: for which names, for whom, and where it leads.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AddRoute, Gateway, LocalToken, Route, RouteTarget, Strategy } from "../../../bindings";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys } from "../../../host/queries";
import { inWords } from "../../../parts/problem";
import { Button } from "../../../primitives/Button";
import { Callout } from "../../../primitives/Callout";
import { DrawerBody, DrawerFoot } from "../../../primitives/Drawer";
import { Field } from "../../../primitives/Field";
import { Segmented } from "../../../primitives/Segmented";
import { Select } from "../../../primitives/Select";
import { Targets } from "./Targets";
import { bare, kept, typedTargets } from "./typed";

const strategies: Strategy[] = ["order", "cheapest", "fastest", "weighted"];
type Props = { route: Route | null; gateways: Gateway[]; tokens: LocalToken[]; onDone: () => void };

export function RouteForm({ route, gateways, tokens, onDone }: Props) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const [pattern, setPattern] = useState(route?.pattern ?? "");
  const [token, setToken] = useState(route?.token ?? "");
  const [strategy, setStrategy] = useState<Strategy>(route?.strategy ?? "order");
  const [targets, setTargets] = useState(() => (route ? typedTargets(route.targets) : [bare()]));
  const save = useMutation({
    mutationFn: (wanted: AddRoute): Promise<Route> => (route ? host.updateRoute({ ...route, ...wanted }) : host.addRoute(wanted)),
    onSuccess: () => {
      onDone();
      return Promise.all([client.invalidateQueries({ queryKey: keys.routes }), client.invalidateQueries({ queryKey: keys.previews })]);
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const whole: RouteTarget[] | null = kept(targets, strategy === "weighted");
  return (
    <form
      data-testid="route-form"
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        if (whole) save.mutate({ pattern: pattern.trim(), token: token || null, strategy, targets: whole });
      }}
    >
      <DrawerBody>
        <div className="grid grid-cols-[minmax(0,1fr)_220px] items-start gap-3">
          <Field label={t("relay.rules.pattern")} mono autoFocus data-testid="route-pattern" placeholder="gpt-4o*" value={pattern} onChange={(event) => setPattern(event.target.value)} hint={t("relay.rules.patternHint")} />
          <Select label={t("relay.rules.scope")} value={token} onChoose={setToken} choices={[{ value: "", label: t("relay.rules.everybody") }, ...tokens.map((one) => ({ value: one.id, label: one.name }))]} />
        </div>
        <div className="grid gap-1.5">
          <span className="text-s text-ink-2">{t("relay.rules.strategyLabel")}</span>
          <Segmented label={t("relay.rules.strategyLabel")} value={strategy} onChange={setStrategy} options={strategies.map((value) => ({ value, label: t(`relay.rules.strategy.${value}`) }))} />
          <p className="text-xs text-ink-2">{t(`relay.rules.strategyNote.${strategy}`)}</p>
        </div>
        <Targets targets={targets} gateways={gateways} weighted={strategy === "weighted"} onChange={setTargets} />
        {problem ? <Callout role="alert" tone="bad" title={inWords(problem).message} text={inWords(problem).remedy} /> : null}
      </DrawerBody>
      <DrawerFoot>
        <Button onClick={onDone}>{t("common.cancel")}</Button>
        <Button look="primary" type="submit" data-testid="route-save" disabled={!pattern.trim() || !whole || save.isPending}>
          {t("common.save")}
        </Button>
      </DrawerFoot>
    </form>
  );
}
