// The cells of a table, written so that a spreadsheet reads cells again and never a formula.

/** "=HYPERLINK(…)" from an answer would run where it is pasted; a negative number would not. */
function asText(cell: string): string {
  const text = cell.replace(/\s+/g, " ").trim();
  if (/^[=@]/.test(text) || /^[+-](?![\d.,\s]*%?$)/.test(text)) return `'${text}`;
  return text;
}

export function asTsv(rows: string[][]): string {
  return rows.map((row) => row.map(asText).join("\t")).join("\n");
}

export function asCsv(rows: string[][]): string {
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => row.map((cell) => quoted(asText(cell))).join(",")).join("\r\n");
}
