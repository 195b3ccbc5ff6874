// Colours for code: shiki with its JavaScript engine, one language at a time, line by line as the code arrives.
import { createCssVariablesTheme, createHighlighterCore } from "shiki/core";
import type { GrammarState, HighlighterCore, LanguageRegistration, ThemedToken } from "shiki/core";
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
const alias: Record<string, string> = {
  "c++": "cpp", "c#": "csharp", cs: "csharp", docker: "dockerfile", golang: "go", js: "javascript", md: "markdown", makefile: "make",
  ps1: "powershell", py: "python", rb: "ruby", rs: "rust", sh: "bash", shell: "bash", tex: "latex", ts: "typescript", yml: "yaml", zsh: "bash",
};

export type Lines = ThemedToken[][];
const theme = createCssVariablesTheme({ name: "tokens", variablePrefix: "--shiki-" });
let core: Promise<HighlighterCore> | undefined;

/** Tokenises complete lines once; only the line still being written is done again. */
export class Highlight {
  #core: HighlighterCore;
  #language: string;
  #done: Lines = [];
  #taken = "";
  #state: GrammarState | undefined;

  constructor(highlighter: HighlighterCore, language: string) {
    this.#core = highlighter;
    this.#language = language;
  }

  lines(code: string): Lines {
    if (!code.startsWith(this.#taken)) {
      this.#done = [];
      this.#taken = "";
      this.#state = undefined;
    }
    const end = code.lastIndexOf("\n") + 1;
    if (end > this.#taken.length) {
      const fresh = this.#tokens(code.slice(this.#taken.length, end - 1));
      this.#done = [...this.#done, ...fresh.tokens];
      this.#taken = code.slice(0, end);
      this.#state = fresh.grammarState;
    }
    const rest = code.slice(this.#taken.length);
    return rest ? [...this.#done, ...this.#tokens(rest).tokens] : this.#done;
  }

  #tokens(code: string) {
    return this.#core.codeToTokens(code, { lang: this.#language, theme: "tokens", grammarState: this.#state });
  }
}

/** WebKit (seen in 2.50) takes `(^x)?y` for a pattern that only fits at the start of a line; many comments begin so. */
export function withoutOptionalStart(pattern: string): string {
  return pattern.replace(/^\((\?:)?\^/, "($1(?<!.)");
}

function engine() {
  return createJavaScriptRegexEngine({ forgiving: true, regexConstructor: (pattern) => defaultJavaScriptRegexConstructor(withoutOptionalStart(pattern)) });
}

/** Null for a language we have no grammar for: such code stays plain. */
export async function highlightFor(name: string): Promise<Highlight | null> {
  const language = alias[name.toLowerCase()] ?? name.toLowerCase();
  const load = languages[language];
  if (!load) return null;
  core ??= createHighlighterCore({ themes: [theme], langs: [], engine: engine() });
  const [highlighter, grammar] = await Promise.all([core, load()]);
  await highlighter.loadLanguage(...grammar.default);
  return new Highlight(highlighter, grammar.default.at(-1)?.name ?? language);
}
