// Scrolling as a reader does, looking at each frame for emptiness and for what moved by itself.
import { nextFrame } from "./watch";

export type Scrolled = { frames: number; blank: number; jumped: number; worstJump: number };

const thread = () => document.querySelector<HTMLElement>("[data-testid=thread]");

/** The stage is empty where a point in its middle lies in no message, further than the space between two. */
function blankNow(scroller: HTMLElement): boolean {
  const box = scroller.getBoundingClientRect();
  const rows = [...scroller.querySelectorAll("[data-row]")].map((row) => row.getBoundingClientRect());
  return [0.02, 0.25, 0.5, 0.75, 0.98].some((part) => {
    const y = box.top + box.height * part;
    return !rows.some((row) => row.top - 30 <= y && row.bottom + 30 >= y);
  });
}

export async function scrollBy(step: number, most: number): Promise<Scrolled> {
  const scroller = thread();
  const result: Scrolled = { frames: 0, blank: 0, jumped: 0, worstJump: 0 };
  if (!scroller) return result;
  scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: step }));
  for (let frame = 0; frame < most; frame++) {
    const middle = scroller.getBoundingClientRect().top + scroller.clientHeight / 2;
    const read = [...scroller.querySelectorAll(".block-part, [data-testid=message-user]")].find((one) => one.getBoundingClientRect().bottom > middle);
    const before = read?.getBoundingClientRect().top ?? 0;
    const from = scroller.scrollTop;
    scroller.scrollTop += step;
    const asked = scroller.scrollTop - from;
    if (asked === 0) break;
    await nextFrame();
    await nextFrame();
    result.frames++;
    if (blankNow(scroller)) result.blank++;
    if (!read?.isConnected) continue;
    const jump = Math.abs(before - asked - read.getBoundingClientRect().top);
    result.worstJump = Math.max(result.worstJump, Math.round(jump));
    if (jump > 3) result.jumped++;
  }
  return result;
}

/** As the scrollbar's thumb is thrown about. */
export async function throwAbout(times: number): Promise<{ throws: number; blank: number }> {
  const scroller = thread();
  let blank = 0;
  for (let at = 0; scroller && at < times; at++) {
    scroller.scrollTop = ((at * 7919) % 100) / 100 * scroller.scrollHeight;
    await nextFrame();
    await nextFrame();
    if (blankNow(scroller)) blank++;
  }
  return { throws: times, blank };
}
