// Numbers as people read them, in their language. Missing is a dash, never zero.
import { useTranslation } from "react-i18next";

export const DASH = "—";
const NANO = 1e9;
const DAY = 86_400_000;

const kept = new Map<string, Intl.NumberFormat>();
function numbers(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const name = `${locale} ${JSON.stringify(options)}`;
  const known = kept.get(name) ?? new Intl.NumberFormat(locale, options);
  kept.set(name, known);
  return known;
}

/** A dollar and more: cents. Less: two significant digits, so that a cheap answer is never "$0.00". */
export function money(nano: number | null, locale = "en"): string {
  if (nano === null) return DASH;
  const dollars = nano / NANO;
  const currency = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
  if (nano === 0) return numbers(locale, { ...currency, maximumFractionDigits: 0 }).format(0);
  if (Math.abs(dollars) >= 0.995) return numbers(locale, currency).format(dollars);
  const digits = fewestDigits(dollars);
  return numbers(locale, { ...currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(dollars);
}

/** Enough decimals for two significant digits, less a trailing zero: 0.0041, 0.002, but 0.10. */
function fewestDigits(dollars: number): number {
  const digits = Math.max(2, 1 - Math.floor(Math.log10(Math.abs(dollars))));
  return digits > 2 && dollars.toFixed(digits).endsWith("0") ? digits - 1 : digits;
}

/** A price per million tokens: "$2", "$0.15", "$0.075". */
export function price(nano: number | null, locale = "en"): string {
  if (nano === null) return DASH;
  const currency = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
  const dollars = nano / NANO;
  const digits = Number.isInteger(dollars) ? 0 : 2;
  return numbers(locale, { ...currency, minimumFractionDigits: digits, maximumFractionDigits: 4 }).format(dollars);
}

export function count(value: number | null, locale = "en"): string {
  return value === null ? DASH : numbers(locale, {}).format(value);
}

/** Below ten milliseconds as such, under a second two decimals, from a minute on minutes. */
export function seconds(milliseconds: number | null, locale = "en"): string {
  if (milliseconds === null) return DASH;
  if (milliseconds < 10) return `${Math.round(milliseconds)} ms`;
  const value = milliseconds / 1000;
  if (value >= 60) return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
  const digits = value < 1 ? 2 : 1;
  return `${numbers(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} s`;
}

/** For what is over in a blink: "0.08 ms", "1.2 ms", "31 ms". */
export function milliseconds(value: number, locale = "en"): string {
  const digits = value < 0.1 ? 2 : value < 10 ? 1 : 0;
  return `${numbers(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)} ms`;
}

/** "812 B", "1.2 kB", "34 MB". */
export function bytes(value: number, locale = "en"): string {
  const units = ["B", "kB", "MB", "GB"];
  const step = Math.min(units.length - 1, value > 0 ? Math.floor(Math.log10(value) / 3) : 0);
  const shown = value / 1000 ** step;
  return `${numbers(locale, { maximumFractionDigits: step > 0 && shown < 10 ? 1 : 0 }).format(shown)} ${units[step]}`;
}

export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

/** Today the clock with seconds is what one looks for; before that, the day. */
export function moment(at: number, now: number, locale = "en"): string {
  const date = new Date(at);
  if (at >= startOfDay(now)) return date.toLocaleTimeString(locale, { hour12: false, hourCycle: "h23" });
  return date.toLocaleString(locale, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).replace(",", "");
}

export function fullMoment(at: number, locale = "en"): string {
  return new Date(at).toLocaleString(locale, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [["day", DAY], ["hour", 3_600_000], ["minute", 60_000]];
export function ago(at: number, now: number, locale = "en"): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const past = now - at;
  const step = steps.find(([, length]) => past >= length);
  return step ? words.format(-Math.floor(past / step[1]), step[0]) : words.format(0, "second");
}

export function useLocale(): string {
  const { i18n } = useTranslation();
  return i18n.language === "zh" ? "zh-CN" : "en";
}
