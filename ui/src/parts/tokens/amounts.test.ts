import { expect, test } from "vitest";
import { countOf, dollarsOf, endOfDay, lastDayOf, nanoOf, patternsOf } from "./amounts";

test("dollars become nano-dollars to the last digit, without a float on the way", () => {
  // Times 1e9 as floats, 8.2 and 1.005 come out a hair too small to be cut, and the two millions are off by one however rounded.
  const amounts: [string, number][] = [["8.2", 8_200_000_000], ["1.005", 1_005_000_000], ["8711601.189689771", 8_711_601_189_689_771], ["8541812.534796850", 8_541_812_534_796_850], ["5", 5e9], ["$0.50", 500_000_000], [".5", 500_000_000], ["0.29", 290_000_000], ["1.1", 1_100_000_000], ["4035.055000001", 4_035_055_000_001], ["0.000000001", 1], ["0", 0]];
  for (const [typed, nano] of amounts) expect([typed, nanoOf(typed)]).toEqual([typed, nano]);
  expect(nanoOf("9007199.254740991")).toBe(Number.MAX_SAFE_INTEGER);
});

test("what is no amount is not guessed at", () => {
  for (const odd of ["five", "-1", "5,00", "1e3", "+5", "5.0.0", ".", "$", "0.0000000001", "9007199.254740992", "99999999"]) expect([odd, nanoOf(odd)]).toEqual([odd, undefined]);
  expect(nanoOf("  ")).toBeNull();
});

test("an amount that is kept comes back as it was typed", () => {
  expect([2e9, 80_000_000, 1, 4_035_055_000_001, 0].map(dollarsOf)).toEqual(["2.00", "0.08", "0.000000001", "4035.055000001", "0.00"]);
  for (const nano of [1, 999_999_999, 1_000_000_001, 123_456_789_012_345]) expect(nanoOf(dollarsOf(nano))).toBe(nano);
});

test("a count is a whole number from one on", () => {
  expect(["60", "60,000", "200_000", "", "0", "1.5", "6,0", "4294967296"].map(countOf)).toEqual([60, 60_000, 200_000, null, undefined, undefined, undefined, undefined]);
});

test("a date is the last good day and ends at the midnight after it", () => {
  expect(endOfDay("2026-12-31")).toBe(new Date(2027, 0, 1).getTime());
  expect(lastDayOf(new Date(2027, 0, 1).getTime())).toBe("2026-12-31");
  expect(["2026-02-30", "31.12.2026", "tomorrow", ""].map(endOfDay)).toEqual([undefined, undefined, undefined, null]);
});

test("patterns are parted by commas of either language", () => {
  expect(patternsOf(" gpt-4o*, nexhina/*，claude-* ")).toEqual(["gpt-4o*", "nexhina/*", "claude-*"]);
});
