// How an answer ended when it did not simply end, and what can be done about it.
import { useTranslation } from "react-i18next";
import type { Message } from "../../bindings";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { useActions } from "./actions";

export function AnswerEnd({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { retry, resume, busy } = useActions();
  const problem = message.problem && inWords(message.problem);
  const onward = (
    <Button disabled={busy} onClick={() => resume(message)} data-testid="continue">
      {t("chat.continue")}
    </Button>
  );
  const again = (
    <Button disabled={busy} onClick={() => retry(message)} data-testid="retry">
      {t("chat.retry")}
    </Button>
  );
  const quiet = "mt-2 flex items-center gap-2.5 text-s text-ink-2";
  switch (message.state) {
    case "stopped":
      return (
        <div className={quiet}>
          <span>{t("chat.stopped")}</span>
          {message.text ? onward : null}
        </div>
      );
    case "truncated":
      return (
        <div className={quiet}>
          <span>{t("chat.truncated")}</span>
          {onward}
        </div>
      );
    case "interrupted":
      // The question of a tool over it is how this one goes on.
      if (message.toolCalls.some((call) => call.state === "asked")) return null;
      return (
        <div className="mt-3">
          <Callout tone="warn" title={problem?.message ?? t("chat.closed")} text={problem?.remedy}>
            {onward}
          </Callout>
        </div>
      );
    case "failed":
      return (
        <div className="mt-1">
          <Callout tone="bad" title={problem?.message ?? t("chat.failed")} text={problem?.remedy}>
            {message.text ? onward : null}
            {again}
          </Callout>
        </div>
      );
    case "complete":
    case "streaming":
      return null;
  }
}
