// Put into the page by the bench: walking through the hostile corpus, opening every preview, noting what ran or asked.
{
  const { bench } = window;
  const all = (css) => [...document.querySelectorAll(css)];

  bench.walk = async () => {
    const seen = { rows: 0, previews: 0, diagrams: 0, refused: 0, ran: [], asked: [], errors: [], worstGap: 0 };
    window.alert = (what) => void seen.ran.push(String(what));
    // The sanitiser reads pages in a document that runs nothing; an engine may report the handlers it finds there.
    addEventListener("securitypolicyviolation", (event) => {
      if (event.effectiveDirective !== "script-src-attr") seen.asked.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`.slice(0, 160));
    });
    addEventListener("error", (event) => seen.errors.push(String(event.message).slice(0, 200)));
    addEventListener("unhandledrejection", (event) => seen.errors.push(String(event.reason).slice(0, 200)));
    const scroller = bench.thread();
    const rows = new Set();
    const drawing = () => all("[data-testid=thread] figure p").some((one) => one.textContent?.startsWith("Drawing"));
    scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: -100 }));
    for (let step = 0; step < 4_000; step++) {
      all("[data-row]").forEach((row) => rows.add(row.dataset.row));
      all("[data-testid=artifact-svg], [data-testid=artifact-html]").forEach((views) => {
        const show = views.querySelector("button");
        if (show?.getAttribute("aria-pressed") !== "false") return;
        show.click();
        seen.previews++;
      });
      const at = scroller.scrollTop;
      const began = performance.now();
      scroller.scrollTop -= scroller.clientHeight * 2.5;
      await bench.painted();
      seen.worstGap = Math.max(seen.worstGap, Math.round(performance.now() - began));
      if (scroller.scrollTop === at) break;
      for (let wait = 0; wait < 100 && drawing(); wait++) await bench.pause(100);
      seen.diagrams += all("[data-testid=diagram]").length;
      seen.refused += all("[data-testid=diagram-failed]").length;
    }
    await bench.pause(1_000);
    seen.rows = rows.size;
    return seen;
  };
}
