// What an answer needs for the first time is fetched before there is one: fonts are unpacked and letters looked for on the
// page's own thread, a tenth of a second that nobody should wait for in the middle of a sentence.
import { loadKatex } from "./Formula";
import { whenIdle } from "./idle";

const AFTER_START = 1_500;

/** One of each: weights, slants, code, and letters that the page's own fonts do not have. */
const letters = "<p>a <strong>b</strong> <em>c</em> <strong><em>d</em></strong> <code>e</code> 中文，。 ① → ✓ </p><h2>f</h2><pre><code>g</code></pre><table><tr><th>h</th></tr></table>";

function fonts(): void {
  const place = document.createElement("div");
  place.className = "prose";
  place.ariaHidden = "true";
  place.style.cssText = "position:fixed;top:0;visibility:hidden;pointer-events:none;contain:strict;width:300px;height:300px";
  place.innerHTML = letters;
  document.body.append(place);
  void place.offsetHeight;
  setTimeout(() => place.remove(), AFTER_START);
}

if (typeof document.fonts !== "undefined") {
  setTimeout(() => {
    whenIdle(fonts);
    whenIdle(() => void loadKatex());
  }, AFTER_START);
}
