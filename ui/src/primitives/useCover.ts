// What lies over the window says so: WebKitGTK paints overlay scrollbars last, above whatever covers their page (seen November 2026).
import { useEffect } from "react";

let covers = 0;
const tell = () => document.getElementById("root")?.toggleAttribute("data-covered", covers > 0);

/** While it is mounted and `open`, the page beneath shows no scrollbars. */
export function useCover(open = true): void {
  useEffect(() => {
    if (!open) return;
    covers++;
    tell();
    return () => {
      covers--;
      tell();
    };
  }, [open]);
}
