// The blanks in a prompt: `{{name}}`, found, and filled in.
const BLANK = /\{\{\s*([^{}]+?)\s*\}\}/g;

export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(BLANK)].map((match) => match[1] as string))];
}

/** A blank that nobody filled stays as it was written: the person sees it before it is sent. */
export function filled(text: string, values: Record<string, string>): string {
  return text.replace(BLANK, (blank, name: string) => values[name] || blank);
}
