import { expect, test } from "vitest";
import { ago, money, moment, price, seconds } from "./format";

test("a dollar and more is told in cents, less in two significant digits", () => {
  expect([14_270_000_000, 1_000_000_000, 996_000_000, 420_000_000, 100_000_000, 4_100_000, 2_000_000, 312_000, 7].map((nano) => money(nano))).toEqual([
    "$14.27", "$1.00", "$1.00", "$0.42", "$0.10", "$0.0041", "$0.002", "$0.00031", "$0.000000007",
  ]);
});

test("only nothing at all is $0, and an unknown price is a dash", () => {
  expect(money(0)).toBe("$0");
  expect(money(null)).toBe("—");
});

test("Chinese keeps the plain dollar sign", () => {
  expect(money(1_234_500_000_000, "zh-CN")).toBe("$1,234.50");
});

test("prices per million keep what a price list shows", () => {
  expect([2e9, 150e6, 75e6, 0].map((nano) => price(nano))).toEqual(["$2", "$0.15", "$0.075", "$0"]);
});

test("durations stay readable from a blink to minutes", () => {
  expect([3, 410, 4_200, 64_000, null].map((value) => seconds(value))).toEqual(["3 ms", "0.41 s", "4.2 s", "1 min 4 s", "—"]);
});

test("today is told by the clock, earlier by the day", () => {
  const now = new Date(2026, 10, 21, 14, 30).getTime();
  expect(moment(now - 29_000, now)).toBe("14:29:31");
  expect(moment(now - 86_400_000, now)).toBe("Nov 20 14:30");
});

test("what was just now is now", () => {
  expect(ago(1000, 31_000)).toBe("now");
  expect(ago(0, 180_000)).toBe("3 min. ago");
});
