// What a gateway offers, with its prices per million tokens.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Gateway, Model } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys, useModels } from "../../host/queries";
import { Button } from "../../primitives/Button";
import { DASH, price, useLocale } from "../../primitives/format";
import { Card, Table, Td, Th } from "../../primitives/Table";
import { TimeAgo } from "../../primitives/TimeAgo";

export function ModelsCard({ gateway }: { gateway: Gateway }) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const models = (useModels().data ?? []).filter((model) => model.gateway === gateway.id);
  const fetch = useMutation({
    mutationFn: () => host.fetchModels(gateway.id),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: keys.models }), client.invalidateQueries({ queryKey: keys.gateways })]),
  });
  const fetched = gateway.modelsFetchedAt;
  const note =
    fetched === null ? (
      t("keys.neverFetched")
    ) : (
      <>
        {t("keys.fetched")} <TimeAgo at={fetched} />
      </>
    );
  return (
    <Card
      title={t("keys.models")}
      note={
        <>
          {models.length ? `${t("keys.countModels", { count: models.length })} · ` : ""}
          {note}
        </>
      }
      action={
        <Button disabled={fetch.isPending} onClick={() => fetch.mutate()} data-testid="fetch-models">
          {fetch.isPending ? t("keys.fetching") : t("keys.fetchModels")}
        </Button>
      }
    >
      {fetch.error ? <p className="px-3.5 py-2.5 text-s text-bad">{asProblem(fetch.error).message}</p> : null}
      {models.length ? <Prices models={models} /> : <p className="px-3.5 py-3 text-ink-2">{t("keys.noModels")}</p>}
    </Card>
  );
}

function Prices({ models }: { models: Model[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const cell = (model: Model, nano: number | null | undefined) => (model.free ? t("chat.free") : nano === undefined || nano === null ? DASH : price(nano, locale));
  return (
    <div className="max-h-[max(420px,calc(100vh-190px))] overflow-auto">
      <Table>
        <thead className="sticky top-0 bg-panel">
          <tr>
            <Th>{t("keys.model")}</Th>
            <Th>{t("keys.kind")}</Th>
            <Th right>{t("keys.priceIn")}</Th>
            <Th right>{t("keys.priceCached")}</Th>
            <Th right>{t("keys.priceOut")}</Th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.id} className="hover:bg-hover">
              <Td>
                <code className="selectable">{model.name}</code>
              </Td>
              <Td>{t(`keys.modelKind.${model.kind}`)}</Td>
              <Td right>{cell(model, model.price?.input)}</Td>
              <Td right>{cell(model, model.price?.cached)}</Td>
              <Td right>{cell(model, model.price?.output)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
