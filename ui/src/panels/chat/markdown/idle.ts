// Work that may wait: done in short slices between frames, first come first served.

type Task = () => void;
const SLICE = 6;
const waiting: Task[] = [];
let due = false;

function slice(): void {
  const began = performance.now();
  do waiting.shift()?.();
  while (waiting.length && performance.now() - began < SLICE);
  due = waiting.length > 0;
  if (due) setTimeout(slice, SLICE * 2);
}

/** WebKit has no requestIdleCallback: a slice and as long a pause again leaves every frame its time. */
export function whenIdle(task: Task): () => void {
  waiting.push(task);
  if (!due) {
    due = true;
    setTimeout(slice, SLICE * 2);
  }
  return () => {
    const at = waiting.indexOf(task);
    if (at >= 0) waiting.splice(at, 1);
  };
}
