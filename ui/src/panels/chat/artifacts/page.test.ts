import { expect, test } from "vitest";
import { pages } from "../markdown/hostile/markup";
import { quietPage, quietStyle } from "./page";
import { svgPicture } from "./svg";

/** What of a page could run, or ask the network. */
function alive(html: string): string[] {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll("*")].flatMap((element) => {
    const [name, text] = [element.localName, element.outerHTML.slice(0, 120)];
    if (name === "meta" && element.getAttribute("http-equiv") === "Content-Security-Policy") return [];
    const bad = ["script", "iframe", "object", "embed", "base", "link", "form", "frame", "portal", "template"].includes(name) || (name === "meta" && element.hasAttribute("http-equiv"));
    const attributes = [...element.attributes].filter(({ name: key, value }) => key.startsWith("on") || /^\s*(?:javascript|vbscript|data:text)/i.test(value) || /evil\.example/.test(value));
    const style = name === "style" && /@import|evil\.example|url\(/i.test(element.textContent ?? "");
    return bad || attributes.length || style ? [text] : [];
  });
}

test("the measure sees what is alive", () => {
  expect(pages.filter((page) => alive(page).length).length).toBeGreaterThan(40);
});

test.each(pages)("nothing of a page is left that could run or ask: %s", (page) => {
  expect(alive(quietPage(page))).toEqual([]);
  expect(alive(quietPage(`<html><head>${page}</head><body>${page}</body></html>`))).toEqual([]);
});

test("a page says its policy before anything else, and keeps what can only be looked at", () => {
  const page = quietPage('<h1 style="color:red" class="a">Hi</h1><style>.a{margin:0}</style><img src="data:image/png;base64,AA=="><a href="#b">b</a>');
  expect(page).toMatch(/^<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none';/);
  for (const kept of ['style="color:red"', ".a{margin:0}", "data:image/png;base64,AA==", 'href="#b"']) expect(page).toContain(kept);
});

test("a style cannot end itself by writing its end in another way", () => {
  const page = new DOMParser().parseFromString(quietPage("<style>a{content:'\\3c/style\\3e\\3cimg src=x\\3e'}</style>"), "text/html");
  expect(page.querySelector("img")).toBeNull();
});

test("styles keep their pictures and lose their addresses", () => {
  expect(quietStyle("a{background:url(data:image/png;base64,AA)}")).toContain("data:image/png");
  for (const css of ["a{b:url(https://evil.example)}", "a{b:url( 'https://evil.example' )}", "@import 'https://evil.example';", "a{b:u\\72 l(https://evil.example)}", "a{b:url(https://evil.example"]) expect(quietStyle(css)).not.toContain("evil.example");
});

const svg = (inside: string, head = "") => `${head}<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">${inside}</svg>`;

test("a drawing is a picture with its size", () => {
  expect(svgPicture(svg("<rect width='3' height='3'/>"))).toMatchObject({ width: 20, height: 10, url: expect.stringMatching(/^data:image\/svg\+xml/) as string });
});

test("what is no drawing, or would never be done drawing, is not shown", () => {
  const doubled = Array.from({ length: 30 }, (_, at) => `<g id="g${at + 1}"><use href="#g${at}"/><use href="#g${at}"/></g>`).join("");
  expect(svgPicture(svg(`<g id="g0"><path d=""/></g>${doubled}`))).toBeNull();
  expect(svgPicture(svg('<g id="a"><use href="#a"/></g>'))).toBeNull();
  expect(svgPicture(svg("&a;", '<!DOCTYPE svg [<!ENTITY a "b">]>'))).toBeNull();
  expect(svgPicture("<svg><g>")).toBeNull();
  expect(svgPicture("<html></html>")).toBeNull();
  expect(svgPicture(svg("<g>".repeat(100) + "</g>".repeat(100)))).toBeNull();
});
