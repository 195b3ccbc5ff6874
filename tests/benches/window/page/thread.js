// Put into the page by the bench: opening a conversation, reading through it, and an answer that streams.
{
  const { bench } = window;
  const all = (css) => [...document.querySelectorAll(css)];
  bench.thread = () => document.querySelector("[data-testid=thread]");

  const holds = (row) => row.textContent.trim() !== "" || row.querySelector("img, svg, hr, input, iframe") !== null;

  /** A point in the viewport lies in no message, further than the space between two, or in one that shows nothing. */
  bench.blank = () => {
    const scroller = bench.thread();
    const box = scroller.getBoundingClientRect();
    const rows = [...scroller.querySelectorAll("[data-row]")].map((row) => ({ row, box: row.getBoundingClientRect() }));
    return [0.02, 0.2, 0.4, 0.6, 0.8, 0.98].some((part) => {
      const y = box.top + box.height * part;
      const there = rows.filter((one) => one.box.top - 30 <= y && one.box.bottom + 30 >= y);
      return !there.some(({ row }) => holds(row));
    });
  };

  const opened = () => {
    const scroller = bench.thread();
    if (!scroller || !scroller.querySelector(".block-part")) return false;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 30 && !bench.blank();
  };

  bench.leave = async () => {
    location.hash = "#chat";
    await bench.until(() => all("[data-row]").length === 0);
  };

  /** From the click on its name until the frame with its end is painted. */
  bench.open = async (id) => {
    await bench.leave();
    await bench.pause(700);
    const item = await bench.until(() => document.querySelector(`[data-testid=conversation-item][data-id="${id}"]`));
    await bench.frame();
    bench.asked.length = 0;
    const from = performance.now();
    item.click();
    await bench.until(opened);
    const to = await bench.painted();
    const command = bench.asked.find((one) => one.what === "open_conversation");
    return { from: bench.wall(from), to: bench.wall(to), answered: command?.to ? command.to - from : null };
  };

  /** What is read in the middle must move by as much as was scrolled, and no more. */
  bench.scroll = async (step, most) => {
    const scroller = bench.thread();
    const seen = { frames: 0, blank: 0, jumped: 0, worstJump: 0 };
    scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: step }));
    for (let at = 0; at < most; at++) {
      const middle = scroller.getBoundingClientRect().top + scroller.clientHeight / 2;
      const read = [...scroller.querySelectorAll(".block-part, [data-testid=message-user]")].find((one) => one.getBoundingClientRect().bottom > middle);
      const before = read?.getBoundingClientRect().top ?? 0;
      const from = scroller.scrollTop;
      scroller.scrollTop += step;
      const went = scroller.scrollTop - from;
      if (went === 0) break;
      await bench.painted();
      seen.frames++;
      if (bench.blank()) seen.blank++;
      if (!read?.isConnected) continue;
      const jump = Math.abs(before - went - read.getBoundingClientRect().top);
      seen.worstJump = Math.max(seen.worstJump, Math.round(jump));
      if (jump > 3) seen.jumped++;
    }
    return seen;
  };

  /** As the scrollbar's thumb is thrown about. */
  bench.throwAbout = async (times) => {
    const scroller = bench.thread();
    const seen = { frames: 0, blank: 0 };
    for (let at = 0; at < times; at++) {
      scroller.scrollTop = (((at * 7919) % 100) / 100) * scroller.scrollHeight;
      await bench.painted();
      seen.frames++;
      if (bench.blank()) seen.blank++;
    }
    return seen;
  };

  bench.place = () => {
    const box = bench.thread().getBoundingClientRect();
    const inside = bench.thread().firstElementChild.getBoundingClientRect();
    return { left: inside.left + 24, right: inside.right - 24, top: box.top, bottom: box.bottom, screenX: window.screenX, screenY: window.screenY };
  };

  const lastState = () => all("[data-testid=message-answer]").at(-1)?.dataset.state;

  /** The watch goes on a little longer than the answer: what was left for later is part of it. */
  bench.stream = async () => {
    const stop = bench.watch();
    await bench.until(() => lastState() === "streaming");
    const from = bench.wall();
    while (lastState() !== "complete") await bench.pause(50);
    const to = bench.wall();
    await bench.pause(2_000);
    const scroller = bench.thread();
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 30;
    return { took: to - from, atEnd, elements: all("*").length, ...stop() };
  };

  bench.idle = async (ms) => {
    const stop = bench.watch();
    await bench.pause(ms);
    return stop();
  };
}
