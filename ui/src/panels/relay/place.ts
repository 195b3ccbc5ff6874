// What lies over the panel: the routing rules, one tool, or one request.
export type RelayPlace = { rules: boolean; token: string | null; request: string | null };

export function placeOf(open: string | null): RelayPlace {
  const [kind, id = null] = (open ?? "").split(/\/(.*)/);
  return { rules: kind === "rules", token: kind === "token" ? id : null, request: kind === "request" ? id : null };
}
