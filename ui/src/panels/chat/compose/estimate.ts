// What sending would take, asked a moment after the last key: tokens, money, whether it fits, what the model cannot take.
import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useHost } from "../../../host/context";
import { keys } from "../../../host/queries";
import type { Cost, Estimate, EstimateAsk } from "../../../bindings";

const PAUSE = 300;

function useSettled<T>(value: T, mark: string): T {
  const [settled, setSettled] = useState({ value, mark });
  useEffect(() => {
    if (settled.mark === mark) return;
    const timer = setTimeout(() => setSettled({ value, mark }), PAUSE);
    return () => clearTimeout(timer);
  }, [value, mark, settled.mark]);
  return settled.value;
}

/** Of a comparison: the dearest input, what all of them cost, and every refusal. An unknown price makes the sum unknown. */
export function together(all: Estimate[]): Estimate | null {
  const [first, ...rest] = all;
  if (!first) return null;
  return rest.reduce((sum, one) => ({ input: Math.max(sum.input, one.input), cost: plus(sum.cost, one.cost), contextWindow: smaller(sum.contextWindow, one.contextWindow), fits: sum.fits && one.fits, refused: [...sum.refused, ...one.refused] }), first);
}

function plus(a: Cost | null, b: Cost | null): Cost | null {
  if (a?.nano == null || b?.nano == null) return null;
  return { nano: a.nano + b.nano, basis: "estimated" };
}
const smaller = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b));

export function useEstimate(ask: Omit<EstimateAsk, "model">, models: string[], history: number): Estimate | null {
  const host = useHost();
  const mark = JSON.stringify([ask, models, history]);
  const settled = useSettled({ ask, models }, mark);
  const estimates = useQueries({
    queries: settled.models.map((model) => ({
      queryKey: [...keys.estimate, settled.ask, model, history],
      queryFn: () => host.estimateSend({ ...settled.ask, model }),
      staleTime: Infinity,
      gcTime: 10_000,
      placeholderData: (previous: Estimate | undefined) => previous,
    })),
  });
  return together(estimates.map((one) => one.data).filter((one) => one !== undefined));
}
