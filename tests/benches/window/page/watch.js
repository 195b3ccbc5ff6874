// Put into the page by the bench: whether its main thread was held up, seen from inside.
window.bench ??= { result: null };
{
  const BEAT = 4;
  const WORTH_TELLING = 25;
  const { bench } = window;

  bench.pause = (ms) => new Promise((done) => setTimeout(done, ms));
  bench.frame = () => new Promise((done) => requestAnimationFrame(done));
  bench.wall = (now = performance.now()) => performance.timeOrigin + now;
  /** After the frame that is being made has been painted. */
  bench.painted = async () => {
    await bench.frame();
    await new Promise((done) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(null);
    });
    return performance.now();
  };
  bench.until = async (holds, patience = 30_000) => {
    const end = performance.now() + patience;
    for (;;) {
      const held = holds();
      if (held) return held;
      if (performance.now() > end) throw new Error(`never came: ${holds}`);
      await bench.frame();
    }
  };

  /**
   * A beat each few milliseconds, and one as each frame begins: between two of them the thread was held. Where frames
   * follow each other without a pause WebKitGTK lets timers wait, but whoever types or clicks comes in between.
   */
  bench.watch = () => {
    const began = performance.now();
    const gaps = [];
    let beats = 0;
    let worstFrame = 0;
    let frames = 0;
    let framesOver50 = 0;
    let on = true;
    let last = began;
    let drawn = null;
    const beat = () => {
      const now = performance.now();
      beats++;
      if (now - last > WORTH_TELLING) gaps.push({ from: bench.wall(last), to: bench.wall(now) });
      last = now;
    };
    const tick = () => {
      beat();
      if (on) setTimeout(tick, BEAT);
    };
    const draw = (now) => {
      beat();
      if (drawn !== null) {
        worstFrame = Math.max(worstFrame, now - drawn);
        if (now - drawn > 50) framesOver50++;
        frames++;
      }
      drawn = now;
      if (on) requestAnimationFrame(draw);
    };
    setTimeout(tick, BEAT);
    requestAnimationFrame(draw);
    return () => {
      on = false;
      return { from: bench.wall(began), to: bench.wall(), beats, gaps, frames, worstFrame, framesOver50 };
    };
  };

  /** Starts what takes its time; the bench asks for `result` now and then. */
  bench.begin = (work) => {
    bench.result = null;
    work().then(
      (value) => (bench.result = { value: value ?? true }),
      (thrown) => (bench.result = { trouble: `${thrown} ${thrown?.stack ?? ""}` }),
    );
  };

  const whole = window.fetch;
  bench.asked = [];
  /** What the page asked of the app, and when the answer was there. */
  window.fetch = async (address, ...rest) => {
    const entry = { what: String(address?.url ?? address).split("/").at(-1), from: performance.now(), to: null };
    bench.asked.push(entry);
    if (bench.asked.length > 200) bench.asked.shift();
    try {
      return await whole.call(window, address, ...rest);
    } finally {
      entry.to = performance.now();
    }
  };
}
