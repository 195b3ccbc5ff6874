// How long the page was held up: long tasks where the engine tells, and gaps in a heartbeat everywhere.

export type Held = { worstTask: number | null; tasksOver50: number | null; worstGap: number; gapsOver50: number; worstFrame: number; framesOver50: number; frames: number; /** Gaps over 50 ms, and by the clock when each ended. */ gaps: { at: number; gap: number }[] };

const BEAT = 4;
const round = (value: number) => Math.round(value * 10) / 10;

export function watchMainThread(): () => Held {
  const tasks: number[] = [];
  const told = PerformanceObserver.supportedEntryTypes.includes("longtask");
  const observer = told ? new PerformanceObserver((list) => list.getEntries().forEach((entry) => tasks.push(entry.duration))) : null;
  observer?.observe({ type: "longtask" });
  const gaps: number[] = [];
  const longest: { at: number; gap: number }[] = [];
  const frames: number[] = [];
  let on = true;
  let beat = performance.now();
  const tick = () => {
    const now = performance.now();
    gaps.push(now - beat - BEAT);
    if (now - beat - BEAT > 50) longest.push({ at: performance.timeOrigin + now, gap: Math.round(now - beat - BEAT) });
    beat = now;
    if (on) setTimeout(tick, BEAT);
  };
  let frame = performance.now();
  const draw = (now: number) => {
    frames.push(now - frame);
    frame = now;
    if (on) requestAnimationFrame(draw);
  };
  setTimeout(tick, BEAT);
  requestAnimationFrame((now) => {
    frame = now;
    requestAnimationFrame(draw);
  });
  return () => {
    on = false;
    observer?.takeRecords().forEach((entry) => tasks.push(entry.duration));
    observer?.disconnect();
    const worst = (list: number[]) => round(list.reduce((most, one) => Math.max(most, one), 0));
    const over = (list: number[]) => list.filter((one) => one > 50).length;
    return {
      worstTask: told ? worst(tasks) : null, tasksOver50: told ? over(tasks) : null,
      worstGap: worst(gaps), gapsOver50: over(gaps), worstFrame: worst(frames), framesOver50: over(frames), frames: frames.length,
      gaps: longest,
    };
  };
}

export const nextFrame = () => new Promise<number>((done) => requestAnimationFrame(done));
export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Drawn: two frames after the page holds it, the first has been painted. */
export async function drawn(holds: () => boolean, patience = 20_000): Promise<boolean> {
  const until = performance.now() + patience;
  while (!holds()) {
    if (performance.now() > until) return false;
    await nextFrame();
  }
  await nextFrame();
  await nextFrame();
  return true;
}
