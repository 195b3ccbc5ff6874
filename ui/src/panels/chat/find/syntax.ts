// What a search is made of: words, and conditions such as `model:gpt`, `has:image`, `cost:>0.1`, `before:2026-01-01`.

export type Piece = { text: string; condition: boolean; ok: boolean };

const DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;
const conditions: Record<string, (value: string) => boolean> = {
  model: (value) => value !== "",
  has: (value) => ["image", "file", "tool", "code"].includes(value),
  cost: (value) => /^(>=|<=|>|<|=)?\d+(\.\d+)?$/.test(value),
  before: (value) => DATE.test(value) && !Number.isNaN(Date.parse(value)),
  after: (value) => DATE.test(value) && !Number.isNaN(Date.parse(value)),
  in: (value) => ["title", "archive"].includes(value),
};

/** As they would be found: quoted words stay together. */
export function piecesOf(query: string): Piece[] {
  return (query.match(/"[^"]*"|\S+/g) ?? []).map((text) => {
    const [, name, value] = /^(\w+):(.*)$/.exec(text) ?? [];
    const rule = name ? conditions[name.toLowerCase()] : undefined;
    return { text, condition: rule !== undefined, ok: rule === undefined || rule(value ?? "") };
  });
}

export function without(query: string, piece: string): string {
  const all = piecesOf(query).map((one) => one.text);
  const at = all.indexOf(piece);
  return all.filter((_, index) => index !== at).join(" ");
}

/** Begins a condition, or leaves it where it is already begun. */
export function withCondition(query: string, begin: string): string {
  return query.split(/\s+/).at(-1) === begin ? query : `${query.trimEnd()} ${begin}`.trimStart();
}

/** A snippet cut into plain and found parts; ranges may touch, overlap or lie outside. */
export function cut(snippet: string, at: [number, number][]): { text: string; found: boolean }[] {
  const parts: { text: string; found: boolean }[] = [];
  let done = 0;
  for (const [start, end] of at.toSorted((a, b) => a[0] - b[0])) {
    const from = Math.max(done, start);
    const to = Math.min(snippet.length, end);
    if (to <= from) continue;
    if (from > done) parts.push({ text: snippet.slice(done, from), found: false });
    parts.push({ text: snippet.slice(from, to), found: true });
    done = to;
  }
  if (done < snippet.length) parts.push({ text: snippet.slice(done), found: false });
  return parts;
}
