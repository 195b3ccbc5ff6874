// What a listing is called when it is saved.

const endings: Record<string, string | undefined> = {
  bash: "sh", sh: "sh", zsh: "sh", shell: "sh", c: "c", cpp: "cpp", "c++": "cpp", csharp: "cs", cs: "cs", css: "css", diff: "diff", go: "go", golang: "go",
  html: "html", ini: "ini", java: "java", javascript: "js", js: "js", json: "json", jsx: "jsx", kotlin: "kt", latex: "tex", tex: "tex", lua: "lua",
  markdown: "md", md: "md", mermaid: "mmd", php: "php", powershell: "ps1", python: "py", py: "py", ruby: "rb", rb: "rb", rust: "rs", rs: "rs", sql: "sql",
  svg: "svg", swift: "swift", toml: "toml", ts: "ts", tsx: "tsx", typescript: "ts", vue: "vue", xml: "xml", yaml: "yaml", yml: "yaml",
};

/** The model names the language, never the file: a name from an answer could be a path. */
export function fileNameFor(language: string): string {
  const name = language.toLowerCase();
  if (name === "dockerfile" || name === "docker") return "Dockerfile";
  if (name === "make" || name === "makefile") return "Makefile";
  return `nexdesk.${(Object.hasOwn(endings, name) ? endings[name] : null) ?? "txt"}`;
}
