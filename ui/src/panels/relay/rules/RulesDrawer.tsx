// Routing rules: where a model's name leads, the routes that say so, and what was learned about gateways on the way.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Route } from "../../../bindings";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys, useGateways, useTokens } from "../../../host/queries";
import { Button } from "../../../primitives/Button";
import { Callout } from "../../../primitives/Callout";
import { Drawer, DrawerBody } from "../../../primitives/Drawer";
import { LearnedCard } from "./LearnedCard";
import { Preview } from "./Preview";
import { RouteForm } from "./RouteForm";
import { RouteList } from "./RouteList";

/** The route under the pen; `new` is one that is not there yet. */
type Pen = Route | "new" | null;

export function RulesDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const routes = useQuery({ queryKey: keys.routes, queryFn: () => host.listRoutes() });
  const gateways = useGateways().data ?? [];
  const tokens = useTokens().data ?? [];
  const [pen, setPen] = useState<Pen>(null);
  const title = pen === null ? t("relay.rules.title") : pen === "new" ? t("relay.rules.newRoute") : t("relay.rules.route", { pattern: pen.pattern });
  const back = pen ? (
    <Button look="ghost" onClick={() => setPen(null)}>
      <ChevronLeft />
      {t("common.back")}
    </Button>
  ) : null;
  return (
    <Drawer testid="rules" onClose={onClose} title={title} actions={back} width={760}>
      {pen ? (
        <RouteForm key={pen === "new" ? "new" : pen.id} route={pen === "new" ? null : pen} gateways={gateways} tokens={tokens} onDone={() => setPen(null)} />
      ) : (
        <DrawerBody>
          <Preview tokens={tokens} />
          {routes.error ? <Callout tone="bad" title={asProblem(routes.error).message} text={asProblem(routes.error).remedy} /> : null}
          {routes.data ? <RouteList routes={routes.data} gateways={gateways} tokens={tokens} onAdd={() => setPen("new")} onEdit={setPen} /> : null}
          <LearnedCard />
        </DrawerBody>
      )}
    </Drawer>
  );
}
