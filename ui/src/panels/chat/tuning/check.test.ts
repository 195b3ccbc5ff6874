import { expect, test } from "vitest";
import { checkObject, checkSchema, numberIn } from "./check";

test("a schema tells the fields its answers will have", () => {
  expect(checkSchema('{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}}}')).toEqual({ ok: true, fields: ["city", "days"] });
});

test("JSON that describes nothing is no schema", () => {
  expect(checkSchema('{"city":"Paris"}')).toMatchObject({ ok: false, why: "object" });
  expect(checkSchema("[]")).toMatchObject({ ok: false, why: "object" });
});

test("a broken line is named", () => {
  const checked = checkObject('{\n  "a": 1,\n  "b": }');
  expect(checked).toMatchObject({ ok: false, why: "json" });
  expect(checked.ok ? null : checked.at).toMatch(/^3:/);
});

test("an empty number is the model's own choice, and one out of bounds is not taken", () => {
  expect(numberIn(" ", 0, 2)).toEqual({ ok: true, value: null });
  expect(numberIn("0.7", 0, 2)).toEqual({ ok: true, value: 0.7 });
  expect(numberIn("3", 0, 2)).toEqual({ ok: false, value: null });
  expect(numberIn("warm", 0, 2)).toEqual({ ok: false, value: null });
  expect(numberIn("1.5", 1, 100, true)).toEqual({ ok: false, value: null });
});
