// An SVG as a picture. Inside <img> it runs nothing and asks the network for nothing; what is left is how much it draws.

export type SvgPicture = { url: string; width: number; height: number };

const LONGEST = 2_000_000;
const MOST_DRAWN = 20_000;

/** Elements drawn once every <use> is followed: thirty lines can ask for a billion. */
function drawnBy(root: Element, most: number): number {
  const known = new Map<Element, number>();
  const count = (element: Element, depth: number): number => {
    if (depth > 40) return most + 1;
    const before = known.get(element);
    if (before !== undefined) return before;
    known.set(element, most + 1); // a shape made of itself
    let sum = 1;
    for (const child of element.children) sum += count(child, depth + 1);
    const used = element.localName === "use" ? (element.getAttribute("href") ?? element.getAttributeNS("http://www.w3.org/1999/xlink", "href") ?? "") : "";
    if (used.startsWith("#")) {
      const target = root.querySelector(`[id=${JSON.stringify(used.slice(1))}]`);
      if (target) sum += count(target, depth + 1);
    }
    known.set(element, Math.min(sum, most + 1));
    return Math.min(sum, most + 1);
  };
  return count(root, 0);
}

function sizeOf(root: Element): { width: number; height: number } {
  const [, , boxWidth = 0, boxHeight = 0] = (root.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  const side = (name: string, box: number) => {
    const own = root.getAttribute(name) ?? "";
    return /^\d+(\.\d+)?(px)?$/.test(own) ? Number.parseFloat(own) : box;
  };
  const [width, height] = [side("width", boxWidth) || 480, side("height", boxHeight) || 320];
  const scale = Math.min(1, 2000 / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Null for what is not an SVG, or is one that would hold up the window. */
export function svgPicture(text: string): SvgPicture | null {
  if (text.length > LONGEST || /<!(?:DOCTYPE|ENTITY)/i.test(text)) return null;
  const page = new DOMParser().parseFromString(text.trim(), "image/svg+xml");
  const root = page.documentElement;
  if (root.localName !== "svg" || page.querySelector("parsererror") || drawnBy(root, MOST_DRAWN) > MOST_DRAWN) return null;
  if (!root.getAttribute("xmlns")) root.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const { width, height } = sizeOf(root);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  const whole = new XMLSerializer().serializeToString(root);
  return { url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(whole)}`, width, height };
}
