import { expect, test } from "vitest";
import { systemLanguage } from ".";
import en from "./en.json";
import zh from "./zh.json";

function paths(tree: object, prefix = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => (typeof value === "object" && value ? paths(value, `${prefix}${key}.`) : [`${prefix}${key}`]));
}
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
const at = (tree: object, path: string) => String(path.split(".").reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], tree));

test("both languages say the same things", () => {
  expect(paths(zh).sort()).toEqual(paths(en).sort());
});

test("no sentence loses a value in translation", () => {
  for (const path of paths(en).filter((one) => !/_(one|other)$/.test(one))) expect([path, holes(at(zh, path))]).toEqual([path, holes(at(en, path))]);
});

test("a Chinese system gets Chinese, every other one English", () => {
  expect([["zh-TW", "en"], ["en-GB", "zh"], ["de"], []].map((languages) => systemLanguage(languages))).toEqual(["zh", "en", "en", "en"]);
});
