// A base URL as people paste it: often a whole endpoint, with spaces around it.

const ENDPOINTS = /\/(?:chat\/completions|completions|responses|messages|models|embeddings|images\/\w+|audio\/\w+)\/?(?:\?.*)?$/;

/** What the gateway's address is, and whether an endpoint was cut off to get there. */
export function baseOf(typed: string): { base: string; cut: string | null } {
  const text = typed.trim();
  const match = ENDPOINTS.exec(text);
  const base = (match ? text.slice(0, match.index) : text).replace(/\/+$/, "");
  return { base, cut: match ? match[0] : null };
}
