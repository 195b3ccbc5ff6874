// A diagram is drawn once, and is there at once when it is looked at again.
import { expect, test } from "vitest";
import { drawDiagram, drawnDiagram } from "./diagrams";

/** What Mermaid's frame says, once it is asked. */
function answer(svg: string): void {
  const frame = document.querySelector("iframe");
  const source = frame?.contentWindow as Window;
  source.postMessage = ((data: { id: number }) => dispatch(source, { nexdesk: "drawn", id: data.id, svg })) as typeof source.postMessage;
  dispatch(source, { nexdesk: "ready" });
}

function dispatch(source: Window, data: unknown): void {
  window.dispatchEvent(new MessageEvent("message", { source, data }));
}

test("a diagram that scrolls back into view is not drawn again, and does not shrink meanwhile", async () => {
  expect(drawnDiagram("graph LR; a-->b", false)).toBeUndefined();
  const drawing = drawDiagram("graph LR; a-->b", false);
  answer("<svg/>");
  expect(await drawing).toBe("<svg/>");
  expect(drawnDiagram("graph LR; a-->b", false)).toBe("<svg/>");
  expect(drawnDiagram("graph LR; a-->b", true), "the other theme has its own").toBeUndefined();
});
