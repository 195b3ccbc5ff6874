// Whether what was typed as JSON can be sent as it is; the sentence names the place where it breaks.
import { parse } from "jsonc-parser";
import type { ParseError } from "jsonc-parser";

export type Checked = { ok: true; fields: string[] } | { ok: false; why: "json" | "object"; at: string | null };

/** "3:7": engines tell the place each in their own words, or not at all. */
function placeOf(text: string): string | null {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [first] = errors;
  if (!first) return null;
  const before = text.slice(0, first.offset).split("\n");
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

export function checkObject(text: string): Checked {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, why: "json", at: placeOf(text) };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return { ok: false, why: "object", at: null };
  return { ok: true, fields: Object.keys(parsed) };
}

/** The names an answer will have, where the schema is one of an object. */
export function checkSchema(text: string): Checked {
  const checked = checkObject(text);
  if (!checked.ok) return checked;
  const schema = JSON.parse(text) as { type?: unknown; properties?: object; $ref?: unknown; anyOf?: unknown; $defs?: unknown };
  const says = schema.type ?? schema.properties ?? schema.$ref ?? schema.anyOf;
  if (says === undefined) return { ok: false, why: "object", at: null };
  return { ok: true, fields: Object.keys(schema.properties ?? {}) };
}

/** Empty is the model's own choice; text that is no number within its bounds is told, not taken. */
export function numberIn(typed: string, from: number, to: number, whole = false): { ok: boolean; value: number | null } {
  if (!typed.trim()) return { ok: true, value: null };
  const value = Number(typed);
  const ok = Number.isFinite(value) && value >= from && value <= to && (!whole || Number.isInteger(value));
  return { ok, value: ok ? value : null };
}
