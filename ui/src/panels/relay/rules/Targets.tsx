// Where a route leads, in order: a gateway or any, and what the model is called there.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway } from "../../../bindings";
import { useModels } from "../../../host/queries";
import { Button, IconButton } from "../../../primitives/Button";
import { inputClass } from "../../../primitives/Field";
import { Select } from "../../../primitives/Select";
import { moved } from "./order";
import type { TypedTarget } from "./typed";
import { bare, weightOf } from "./typed";

type Props = { targets: TypedTarget[]; gateways: Gateway[]; weighted: boolean; onChange: (targets: TypedTarget[]) => void };

export function Targets({ targets, gateways, weighted, onChange }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const models = useModels().data ?? [];
  const set = (at: number, change: Partial<TypedTarget>) => onChange(targets.map((one, index) => (index === at ? { ...one, ...change } : one)));
  const namesAt = (gateway: string) => [...new Set(models.filter((model) => !gateway || model.gateway === gateway).map((model) => model.name))];
  return (
    <section className="grid gap-2" aria-label={t("relay.rules.targets")}>
      <header>
        <h3 className="font-semibold">{t("relay.rules.targets")}</h3>
        <p className="text-s text-ink-2">{t("relay.rules.targetsNote")}</p>
      </header>
      <ol className="grid gap-2">
        {targets.map((target, index) => (
          <li key={target.id} data-testid="target" className="flex items-center gap-2">
            <span className="num w-4 shrink-0 text-s text-ink-2">{index + 1}</span>
            <Select
              bare
              className="w-[180px] shrink-0"
              label={t("relay.rules.gatewayOf", { n: index + 1 })}
              value={target.gateway}
              onChoose={(gateway) => set(index, { gateway })}
              choices={[{ value: "", label: t("relay.rules.anyGateway") }, ...gateways.map((one) => ({ value: one.id, label: one.name }))]}
            />
            <input
              aria-label={t("relay.rules.modelOf", { n: index + 1 })}
              data-testid="target-model"
              className={`${inputClass} flex-1 font-mono`}
              list={`${id}-${index}`}
              placeholder={t("relay.rules.sameName")}
              autoComplete="off"
              spellCheck={false}
              value={target.model}
              onChange={(event) => set(index, { model: event.target.value })}
            />
            <datalist id={`${id}-${index}`}>
              {namesAt(target.gateway).map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            {weighted ? (
              <input
                aria-label={t("relay.rules.weightOf", { n: index + 1 })}
                aria-invalid={weightOf(target.weight) === null || undefined}
                title={t("relay.rules.weightOf", { n: index + 1 })}
                inputMode="numeric"
                className={`${inputClass} num w-14! shrink-0 text-right ${weightOf(target.weight) === null ? "border-bad" : ""}`}
                value={target.weight}
                onChange={(event) => set(index, { weight: event.target.value })}
              />
            ) : null}
            <span className="flex shrink-0">
              <IconButton label={t("relay.rules.targetUp", { n: index + 1 })} disabled={index === 0} onClick={() => onChange(moved(targets, index, -1))}>
                <ArrowUp />
              </IconButton>
              <IconButton label={t("relay.rules.targetDown", { n: index + 1 })} disabled={index === targets.length - 1} onClick={() => onChange(moved(targets, index, 1))}>
                <ArrowDown />
              </IconButton>
              <IconButton label={t("relay.rules.targetRemove", { n: index + 1 })} disabled={targets.length === 1} onClick={() => onChange(targets.filter((one) => one.id !== target.id))}>
                <X />
              </IconButton>
            </span>
          </li>
        ))}
      </ol>
      <div>
        <Button data-testid="target-add" onClick={() => onChange([...targets, bare()])}>
          <Plus />
          {t("relay.rules.addTarget")}
        </Button>
      </div>
    </section>
  );
}
