// Everything a model could answer to harm whoever reads it, through the whole of what draws answers.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { HostProvider } from "../../../host/context";
import { hostOf } from "../../../host/scripted";
import { World } from "../../../host/scripted/world";
import "../../../i18n";
import { Document } from "../thread/parts";
import type { Block } from "./blocks";
import { Blocks } from "./blocks";
import { links } from "./hostile/links";
import { markup } from "./hostile/markup";
import { bombs, diagrams, formulas } from "./hostile/programs";
import { drawable } from "./Formula";
import { tooHard } from "./hard";
import { Door } from "./Link";
import { safeAddress } from "./links";
import Markdown from "./Markdown";
import { AsideContext } from "./aside";

const host = hostOf(new World({ scene: "new" }));
const ELEMENTS = 40_000;

function show(blocks: Block[], document: Document, live: boolean) {
  const client = new QueryClient();
  return render(
    <QueryClientProvider client={client}>
      <HostProvider host={host}>
        <Door>
          <AsideContext value={{ citations: [], notes: document.notes(), live }}>
            <Markdown blocks={blocks} live={live} />
          </AsideContext>
        </Door>
      </HostProvider>
    </QueryClientProvider>,
  ).container;
}

const RUNS = ["script", "iframe", "object", "embed", "base", "link", "form", "meta", "style", "svg script", "foreignObject", "use", "animate", "set", "video", "audio", "portal", "template", "frame"].join(",");

/** What in the page could run, ask the network, or lead where nobody wants to go. Our own icons are not the model's. */
function harm(container: Element): string[] {
  const found = [...container.querySelectorAll(RUNS)].map((element) => element.outerHTML.slice(0, 100));
  for (const element of container.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on")) found.push(`${name}=${value}`);
      if (["href", "src", "xlink:href", "srcset", "action", "formaction", "data", "poster", "ping"].includes(name) && !allowed(element, name, value)) found.push(`${element.localName} ${name}=${value.slice(0, 80)}`);
      if (name === "style" && /url\(|expression\(|position:\s*fixed/i.test(value)) found.push(`style=${value.slice(0, 80)}`);
    }
    if (element.id && !element.closest("button")) found.push(`id=${element.id}`);
  }
  return found;
}

function allowed(element: Element, name: string, value: string): boolean {
  if (element.localName === "a" && name === "href") return safeAddress(value) === value;
  return element.localName === "img" && name === "src" && /^data:image\/(?:png|jpeg|gif|webp)/.test(value);
}

function draw(text: string): Element {
  const document = new Document();
  const parts = document.parts({ text, toolCalls: [], state: "complete" });
  return show(parts.slice(0, 2).flatMap((part) => part.blocks), document, false);
}

async function harmless(text: string) {
  const alert = vi.fn();
  vi.stubGlobal("alert", alert);
  const fetched = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
  const container = draw(text);
  await act(async () => new Promise((next) => setTimeout(next, 0)));
  expect(harm(container)).toEqual([]);
  expect(alert).not.toHaveBeenCalled();
  expect(fetched).not.toHaveBeenCalled();
  expect(container.querySelectorAll("*").length).toBeLessThan(ELEMENTS);
  cleanup();
}

test("the measure sees harm where there is some", () => {
  const page = document.createElement("div");
  page.innerHTML = '<a href="javascript:alert(1)">a</a><img src="https://evil.example/p"><p onclick="x()">b</p><iframe></iframe><b id="root">c</b>';
  expect(harm(page)).toHaveLength(5);
});

test.each(Object.entries(links))("%s", async (_, text) => harmless(text));
test.each(Object.entries(markup))("%s", async (_, text) => harmless(text));
test.each(Object.entries(formulas))("%s", async (_, text) => harmless(text));
test.each(Object.entries(diagrams))("%s", async (_, text) => harmless(text));
test.each(Object.entries(bombs))("%s", async (_, text) => harmless(text));

const everything = Object.entries({ ...markup, ...formulas, ...diagrams, ...bombs });

test.each(everything)("work is counted, and is what there is to read, whole or in pieces: %s", (_, text) => {
  const growing = new Blocks();
  const step = Math.max(1, Math.ceil(text.length / 97));
  for (let end = step; end < text.length + step; end += step) expect(growing.feed(text.slice(0, end))).toBe(true);
  const whole = new Blocks();
  whole.feed(text);
  expect(growing.closed.length, "what arrives in pieces ends as what is read at once").toBe(whole.closed.length);
  const lines = text.split("\n").length;
  expect(growing.work).toBeLessThanOrEqual(lines + Math.ceil(text.length / 7000) + 1);
  for (const block of [...growing.closed, ...growing.open()]) {
    if (block.kind !== "text" || tooHard(block.text)) continue; // what is too hard is not parsed
    expect(block.text.length).toBeLessThanOrEqual(20_000);
    expect(Math.max(...block.text.split(/\n\s*\n/).map((one) => (one.match(/[*_~[\]`<!]/g) ?? []).length))).toBeLessThanOrEqual(600);
  }
});

test("a formula that is a program is shown as its source", () => {
  expect(drawable("\\frac{1}{\\sqrt{x}}")).toBe(true);
  for (const name of ["deep fractions", "a formula of a megabyte"]) expect(drawable(formulas[name]?.replaceAll("$", "").trim() ?? "")).toBe(false);
});

test("formulas are drawn without links, pictures, ids or data from the model", async () => {
  const { drawn } = await import("./katex");
  for (const source of Object.values(formulas)) {
    for (const [, formula = ""] of source.matchAll(/\$+([^$]{1,4000})\$+/g)) {
      if (!drawable(formula)) continue;
      const page = document.createElement("div");
      page.append(drawn(formula, false));
      expect(harm(page).filter((one) => !one.startsWith("style"))).toEqual([]);
      expect(page.querySelectorAll("*").length).toBeLessThan(10_000);
    }
  }
});
