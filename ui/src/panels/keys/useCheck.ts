// Asking a gateway whether it answers, and what came of it.
import { useMutation } from "@tanstack/react-query";
import type { KeyCheck } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";

export function useCheck(gateway: string) {
  const host = useHost();
  return useMutation({
    mutationFn: (key: string | null) =>
      host.checkKey(gateway, key).catch((thrown: unknown): KeyCheck => ({ ok: false, latencyMs: null, models: null, problem: asProblem(thrown) })),
  });
}
