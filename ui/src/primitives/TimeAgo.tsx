// "3 min ago", kept fresh once a minute.
import { ago, fullMoment, useLocale } from "./format";
import { useMinute } from "./useMinute";

export function TimeAgo({ at }: { at: number }) {
  const locale = useLocale();
  const now = useMinute();
  return <time title={fullMoment(at, locale)}>{ago(at, Math.max(now, at), locale)}</time>;
}
