// The whole sentences of a text that grows, in words: what is read aloud while an answer arrives.

const END = /[。！？]["”’』」）]*(?=[^"”’』」）])|[.!?…]+["”’)\]]*(?=\s)|\n+/g;

/** Marks are for the eye. Code and formulas are named, not spelled out. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(?:#{1,6}|>+|[-*+]|\d+[.)])\s+/gm, "")
    .replace(/^\s*\|?[\s:|-]+\|?\s*$/gm, "")
    .replace(/[*_~`|#]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

export class Sentences {
  #taken = 0;
  #code = false;

  /** What has been completed since the last time; `code` stands for a listing. */
  next(text: string, ended: boolean, code: string): string[] {
    if (text.length < this.#taken) this.#taken = 0;
    const out: string[] = [];
    END.lastIndex = 0;
    const rest = text.slice(this.#taken);
    let from = 0;
    for (const match of rest.matchAll(END)) {
      this.#say(rest.slice(from, match.index + match[0].length), code, out);
      from = match.index + match[0].length;
    }
    if (ended) {
      this.#say(rest.slice(from), code, out);
      from = rest.length;
    }
    this.#taken += from;
    return out;
  }

  #say(piece: string, code: string, out: string[]): void {
    if (/^\s*(?:```|~~~)/.test(piece)) {
      if (!this.#code) out.push(code);
      this.#code = !this.#code;
      return;
    }
    const words = this.#code ? "" : spoken(piece);
    if (/[\p{L}\p{N}]/u.test(words)) out.push(words);
  }
}
