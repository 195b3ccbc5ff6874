// Which addresses an answer may lead to, and how they are written so that nobody is fooled.

/** The address as it will be opened, or null for everything that is not a web page or a mail. */
export function safeAddress(href: unknown): string | null {
  if (typeof href !== "string" || href.length > 4_000) return null;
  // The engine's own reading decides, not a pattern: "java\tscript:" and its like are what it makes of them.
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  if (url.protocol === "mailto:") return url.href;
  if ((url.protocol !== "https:" && url.protocol !== "http:") || !url.host) return null;
  return url.href;
}

export type Address = { href: string; host: string; before: string; after: string; warning: "user" | "lookalike" | "text" | null };

/** The parts of an address, so that the host can be shown louder than what surrounds it. */
export function addressOf(href: string, text = ""): Address {
  const url = new URL(href);
  const host = url.protocol === "mailto:" ? url.pathname : url.host;
  const at = href.indexOf(host, url.protocol.length);
  return { href, host, before: href.slice(0, Math.max(at, 0)), after: href.slice(at + host.length), warning: warningOf(url, text) };
}

function warningOf(url: URL, text: string): Address["warning"] {
  if (url.username || url.password) return "user"; // https://bank.com@evil.example
  if (/(^|\.)xn--/.test(url.hostname)) return "lookalike";
  const claimed = /(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?:[/:?#\s]|$)/i.exec(text.trim());
  if (claimed?.[1] && url.host && !sameSite(claimed[1], url.hostname)) return "text";
  return null;
}

function sameSite(claimed: string, hostname: string): boolean {
  const [a, b] = [claimed.toLowerCase().replace(/^www\./, ""), hostname.toLowerCase().replace(/^www\./, "")];
  return a === b || b.endsWith(`.${a}`);
}

/** Pictures that carry themselves. Not SVG: a few lines of it can ask for a billion shapes; it is shown where one asks for it. */
export function carriedPicture(src: unknown): string | null {
  return typeof src === "string" && /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp)[;,]/i.test(src) ? src : null;
}
