// Formulas: found cheaply, written in one notation, drawn by KaTeX which is only loaded when there is one.
import { useEffect, useState } from "react";
import type { Options } from "react-markdown";

export type MathsPlugins = { remark: NonNullable<Options["remarkPlugins"]>; rehype: NonNullable<Options["rehypePlugins"]> };

const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/;
const INLINE = /(\$\$[\s\S]*?(?:\$\$|$))|(?<![\\$])\$(?=\S)([^$\n]+?)(?<=\S)\$(?![\d$])/g;

function oneNotation(prose: string): string {
  const dollars = prose
    .replace(/^[ \t]*\$\$[ \t]*(\S[^\n]*?)[ \t]*\$\$[ \t]*$/gm, (_, formula: string) => `$$\n${formula}\n$$`)
    .replace(/\\\[([\s\S]+?)\\\]/g, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
    .replace(/\\\(([\s\S]+?)\\\)/g, (_, formula: string) => `$${formula.trim()}$`);
  // "$5 and $10" are prices: a dollar sign that opens no formula is written as itself.
  let out = "";
  let from = 0;
  for (const match of dollars.matchAll(INLINE)) {
    out += dollars.slice(from, match.index).replace(/(?<!\\)\$/g, "\\$") + match[0];
    from = match.index + match[0].length;
  }
  return out + dollars.slice(from).replace(/(?<!\\)\$/g, "\\$");
}

export function normaliseMaths(text: string): string {
  return text
    .split(CODE)
    .map((part, index) => (index % 2 ? part : oneNotation(part)))
    .join("");
}

export function hasMaths(text: string): boolean {
  return /\$|\\\(|\\\[/.test(text);
}

let loaded: MathsPlugins | null = null;

export function useMaths(wanted: boolean): MathsPlugins | null {
  const [plugins, setPlugins] = useState(loaded);
  useEffect(() => {
    if (!wanted || plugins) return;
    let here = true;
    void import("./katex").then((module) => {
      loaded = module.plugins;
      if (here) setPlugins(loaded);
    });
    return () => {
      here = false;
    };
  }, [wanted, plugins]);
  return wanted ? plugins : null;
}
