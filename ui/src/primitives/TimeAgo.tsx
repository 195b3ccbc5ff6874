// "3 min ago", kept fresh once a minute.
import { useEffect, useState } from "react";
import { ago, fullMoment, useLocale } from "./format";

export function TimeAgo({ at }: { at: number }) {
  const locale = useLocale();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return <time title={fullMoment(at, locale)}>{ago(at, Math.max(now, at), locale)}</time>;
}
