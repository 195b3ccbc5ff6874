// Colours for code: shiki with its JavaScript engine, one language at a time, a window of lines after another.
import { createCssVariablesTheme, createHighlighterCore } from "shiki/core";
import type { GrammarState, HighlighterCore, LanguageRegistration } from "shiki/core";
import { createJavaScriptRegexEngine, defaultJavaScriptRegexConstructor } from "shiki/engine/javascript";

type Loader = () => Promise<{ default: LanguageRegistration[] }>;
const languages: Record<string, Loader> = {
  bash: () => import("@shikijs/langs/bash"),
  c: () => import("@shikijs/langs/c"),
  cpp: () => import("@shikijs/langs/cpp"),
  csharp: () => import("@shikijs/langs/csharp"),
  css: () => import("@shikijs/langs/css"),
  diff: () => import("@shikijs/langs/diff"),
  dockerfile: () => import("@shikijs/langs/dockerfile"),
  go: () => import("@shikijs/langs/go"),
  html: () => import("@shikijs/langs/html"),
  ini: () => import("@shikijs/langs/ini"),
  java: () => import("@shikijs/langs/java"),
  javascript: () => import("@shikijs/langs/javascript"),
  json: () => import("@shikijs/langs/json"),
  jsx: () => import("@shikijs/langs/jsx"),
  kotlin: () => import("@shikijs/langs/kotlin"),
  latex: () => import("@shikijs/langs/latex"),
  lua: () => import("@shikijs/langs/lua"),
  make: () => import("@shikijs/langs/make"),
  markdown: () => import("@shikijs/langs/markdown"),
  nginx: () => import("@shikijs/langs/nginx"),
  php: () => import("@shikijs/langs/php"),
  powershell: () => import("@shikijs/langs/powershell"),
  python: () => import("@shikijs/langs/python"),
  ruby: () => import("@shikijs/langs/ruby"),
  rust: () => import("@shikijs/langs/rust"),
  sql: () => import("@shikijs/langs/sql"),
  swift: () => import("@shikijs/langs/swift"),
  toml: () => import("@shikijs/langs/toml"),
  tsx: () => import("@shikijs/langs/tsx"),
  typescript: () => import("@shikijs/langs/typescript"),
  vue: () => import("@shikijs/langs/vue"),
  xml: () => import("@shikijs/langs/xml"),
  yaml: () => import("@shikijs/langs/yaml"),
};
const alias: Record<string, string | undefined> = {
  "c++": "cpp", "c#": "csharp", cs: "csharp", docker: "dockerfile", golang: "go", js: "javascript", md: "markdown", makefile: "make",
  ps1: "powershell", py: "python", rb: "ruby", rs: "rust", sh: "bash", shell: "bash", tex: "latex", ts: "typescript", yml: "yaml", zsh: "bash",
};

const theme = createCssVariablesTheme({ name: "tokens", variablePrefix: "--shiki-" });
let core: Promise<HighlighterCore> | undefined;

/** One window of code, painted: text and colour in turn, lines by "\n". Strings only, so that it crosses to the page cheaply. */
export type Painted = string[];

/** A longer line is data, not code to read: it stays plain. */
const LONGEST_LINE = 2_000;

/** WebKit (seen in 2.50) takes `(^x)?y` for a pattern that only fits at the start of a line; many comments begin so. */
export function withoutOptionalStart(pattern: string): string {
  return pattern.replace(/^\((\?:)?\^/, "($1(?<!.)");
}

function engine() {
  return createJavaScriptRegexEngine({ forgiving: true, regexConstructor: (pattern) => defaultJavaScriptRegexConstructor(withoutOptionalStart(pattern)) });
}

/** Each window once, in order, because how a window is read depends on the one before it. Null: no grammar, stays plain. */
export async function painterFor(name: string): Promise<((windows: string[]) => Generator<Painted>) | null> {
  const language = alias[name.toLowerCase()] ?? name.toLowerCase();
  const load = Object.hasOwn(languages, language) ? languages[language] : undefined;
  if (!load) return null;
  core ??= createHighlighterCore({ themes: [theme], langs: [], engine: engine() });
  const [highlighter, grammar] = await Promise.all([core, load()]);
  await highlighter.loadLanguage(...grammar.default);
  const lang = grammar.default.at(-1)?.name ?? language;
  return function* paint(windows) {
    let grammarState: GrammarState | undefined;
    for (const code of windows) {
      const read = highlighter.codeToTokens(code, { lang, theme: "tokens", grammarState, tokenizeMaxLineLength: LONGEST_LINE, tokenizeTimeLimit: 0 });
      grammarState = read.grammarState;
      yield read.tokens.flatMap((line, index) => [...(index ? ["\n", ""] : []), ...line.flatMap((token) => [token.content, token.color ?? ""])]);
    }
  };
}
