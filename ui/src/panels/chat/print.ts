// A conversation on paper, or as PDF: its exported page in a frame without scripts, and the system's own print dialog.

let frame: HTMLIFrameElement | undefined;

/** Opens the dialog for a page. The frame stays until the next: an engine may still be reading it while it prints. */
export async function printPage(html: string): Promise<void> {
  frame?.remove();
  const next = document.createElement("iframe");
  frame = next;
  // Only a frame of our own origin can be told to print, and only with modals does it open the dialog.
  next.setAttribute("sandbox", "allow-same-origin allow-modals");
  next.setAttribute("aria-hidden", "true");
  next.tabIndex = -1;
  next.dataset.testid = "print-frame";
  // Of a sheet's size and out of sight: what is not laid out is not printed.
  next.style.cssText = "position:fixed;left:-10000px;top:0;width:794px;height:1123px;border:0";
  const loaded = new Promise((resolve) => next.addEventListener("load", resolve, { once: true }));
  next.srcdoc = html;
  document.body.append(next);
  await loaded;
  next.contentWindow?.print();
}
