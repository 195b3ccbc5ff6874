// Enter while an input method is open chooses a word; it must never send. Engines disagree on how they say so.

type Key = { key: string; keyCode: number; isComposing: boolean; timeStamp: number };
const SAME_PRESS = 100; // milliseconds between `compositionend` and the keydown of the press that ended it

/** Safari and WebKitGTK end the composition first and then deliver its Enter, sometimes with keyCode 229, sometimes plain. */
export class CompositionGuard {
  #open = false;
  #endedAt: number | null = null;

  started(): void {
    this.#open = true;
  }
  ended(timeStamp: number): void {
    this.#open = false;
    this.#endedAt = timeStamp;
  }
  released(): void {
    this.#endedAt = null;
  }
  holds(press: Key): boolean {
    if (this.#open || press.isComposing || press.keyCode === 229) return true;
    const late = this.#endedAt !== null && press.timeStamp - this.#endedAt < SAME_PRESS;
    return late && press.key === "Enter";
  }
}

/** Enter sends and Shift+Enter breaks the line; or, if so set, Ctrl+Enter sends and Enter breaks the line. */
export function sends(press: { key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }, withEnter: boolean): boolean {
  if (press.key !== "Enter" || press.shiftKey) return false;
  return withEnter || press.ctrlKey || press.metaKey;
}
