// Web search, a key away: servers that are known to work.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import { keys } from "../../../host/queries";
import type { McpOffer } from "../../../bindings";
import { Button } from "../../../primitives/Button";
import { Card } from "../../../primitives/Table";

/** The engine knows them in English. */
const ABOUT = { Tavily: "tools.about.tavily", "Brave Search": "tools.about.brave", Exa: "tools.about.exa", Perplexity: "tools.about.perplexity", Firecrawl: "tools.about.firecrawl" } as const;

export function Catalogue({ icon, onAdd }: { icon: ReactNode; onAdd: (offer: McpOffer) => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const offers = useQuery({ queryKey: keys.offers, queryFn: () => host.mcpCatalogue() }).data ?? [];
  const aboutOf = ({ name, note }: McpOffer) => (name in ABOUT ? t(ABOUT[name as keyof typeof ABOUT]) : note);
  if (!offers.length) return null;
  return (
    <Card title={t("tools.catalogue")} note={t("tools.catalogueNote")}>
      <ul>
        {offers.map((one) => (
          <li key={one.name} data-testid="catalogue-row" className="flex items-center gap-3 border-b border-line px-3.5 py-2.5 last:border-b-0 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3">
            {icon}
            <span className="grid min-w-0 flex-1">
              <b className="font-medium">{one.name}</b>
              <small className="text-s text-ink-2">{aboutOf(one)}</small>
            </span>
            {one.console ? (
              <Button look="ghost" onClick={() => void host.openUrl(one.console ?? "")}>
                {t("tools.getKey")}
              </Button>
            ) : null}
            <Button disabled={one.already} onClick={() => onAdd(one)} data-testid="add-offer">
              {one.already ? t("tools.already") : t("tools.addOne")}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
