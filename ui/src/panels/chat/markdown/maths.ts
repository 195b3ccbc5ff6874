// Formulas inside a text: found cheaply, and written in one notation.

const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/;
const INLINE = /(\$\$[\s\S]*?(?:\$\$|$))|(?<![\\$])\$(?=\S)([^$\n]+?)(?<=\S)\$(?![\d$])/g;

function oneNotation(prose: string): string {
  const dollars = prose
    .replace(/^[ \t]*\$\$[ \t]*(\S[^\n]*?)[ \t]*\$\$[ \t]*$/gm, (_, formula: string) => `$$\n${formula}\n$$`)
    .replace(/\\\[((?:(?!\\\[)[\s\S])+?)\\\]/g, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
    .replace(/\\\(((?:(?!\\\()[\s\S])+?)\\\)/g, (_, formula: string) => `$${formula.trim()}$`);
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
