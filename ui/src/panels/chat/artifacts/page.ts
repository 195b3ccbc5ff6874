// A model's HTML made into a page that can only be looked at. The frame it stands in has no scripts, no forms and no
// network either; this takes out what would ask for them, so that a hole in one wall is not a hole in the house.
import DOMPurify from "dompurify";
import { carriedPicture } from "../markdown/links";

const ADDRESSES = ["href", "xlink:href", "src", "srcset", "poster", "background", "action", "formaction", "ping", "data", "cite", "longdesc", "usemap", "target", "srcdoc", "http-equiv"];
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'";
const LONGEST = 1_000_000;

/** "u\\72l(" is "url(" to an engine. Letters only: a decoded "<" could end the style it stands in. */
function unescaped(css: string): string {
  return css.replace(/\\(?:([0-9a-f]{1,6})\s?|([g-z]))/gi, (whole, code: string | undefined, letter: string | undefined) => {
    const read = letter ?? (code ? String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff)) : "");
    return /^[\w-]$/.test(read) ? read : whole;
  });
}

/** Styles may not ask for anything either: "@import" and every url() that is not a picture carried along. */
export function quietStyle(css: string): string {
  const read = unescaped(css.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ""));
  return read
    .replace(/@import[^;]*(?:;|$)/gi, "")
    .replace(/(?:url|image-set|image|src)\(\s*(?:"[^"]*"|'[^']*'|[^)"']*)\s*\)?/gi, (call) => (/\(\s*["']?data:image\/(?:png|jpe?g|gif|webp)[;,]/i.test(call) ? call : "none"));
}

function purifier() {
  const purify = DOMPurify(window);
  purify.addHook("afterSanitizeAttributes", (node) => {
    for (const name of ADDRESSES) {
      const value = node.getAttribute(name);
      if (value !== null && !value.startsWith("#") && !(name === "src" && carriedPicture(value))) node.removeAttribute(name);
    }
    const style = node.getAttribute("style");
    if (style !== null) node.setAttribute("style", quietStyle(style));
    if (node.localName === "style") node.textContent = quietStyle(node.textContent ?? "");
  });
  return purify;
}

let purify: ReturnType<typeof purifier> | undefined;

export function quietPage(html: string): string {
  purify ??= purifier();
  const page = purify.sanitize(html.slice(0, LONGEST), {
    WHOLE_DOCUMENT: true,
    ADD_TAGS: ["style"],
    FORBID_TAGS: ["script", "noscript", "template", "meta", "base", "link", "iframe", "frame", "object", "embed", "portal", "form", "audio", "video", "source", "track", "animate", "set", "foreignObject"],
    FORBID_ATTR: ["ping", "nonce", "autofocus"],
  });
  // Told before anything else in the page is read.
  const head = `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>body{margin:16px;font:14px/1.5 system-ui,sans-serif;color:#1d2129;background:#fff}</style>`;
  return `<!doctype html>${page.replace(/<head>/i, () => `<head>${head}`)}`;
}
