// What time it is, fresh once a minute: for what is told by the minute or the day.
import { useEffect, useState } from "react";

export function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
