// Tells a screen reader what arrives, a sentence at a time, and how it ended. Nothing of it is seen.
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../bindings";
import { shortName } from "../models";
import { useTalk } from "../talk";
import { Sentences } from "./sentences";

/** Faster than anybody speaks: what came meanwhile is said together. */
const PACE = 900;
const KEPT = 6;

type Said = { key: number; text: string };

export function Announcer({ path }: { path: Message[] }) {
  const { t } = useTranslation();
  const { answers } = useTalk();
  const last = path.at(-1);
  const id = last?.role === "assistant" && last.state === "streaming" ? last.id : null;
  const name = shortName(last?.model ?? null);
  const [said, setSaid] = useState<Said[]>([]);

  useEffect(() => {
    if (!id) return;
    const sentences = new Sentences();
    // What a continued answer already said is not said again.
    sentences.next(answers.get(id)?.text ?? "", false, "");
    let due: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const say = () => {
      due = undefined;
      const now = answers.get(id);
      if (!now || over) return;
      over = now.ended !== null;
      const words = sentences.next(now.text, over, t("answer.codeSaid"));
      if (over) words.push(now.ended?.state === "complete" ? t("answer.done", { model: name }) : t("answer.endedEarly", { model: name }));
      if (words.length) setSaid((before) => [...before, { key: (before.at(-1)?.key ?? 0) + 1, text: words.join(" ") }].slice(-KEPT));
    };
    const stop = answers.subscribe(id, () => {
      if (answers.get(id)?.ended) say();
      else due ??= setTimeout(say, PACE);
    });
    return () => {
      stop();
      clearTimeout(due);
      say();
    };
  }, [id, answers, name, t]);

  return (
    <div aria-live="polite" aria-relevant="additions" className="sr-only" data-testid="announcer">
      {said.map(({ key, text }) => (
        <p key={key}>{text}</p>
      ))}
    </div>
  );
}
