// The quiet line under an answer: which version, what it cost, and what can be done with it.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../../../bindings";
import { Menu } from "../../../primitives/Menu";
import { OptionList } from "../../../primitives/OptionList";
import { Popover } from "../../../primitives/Popover";
import { useCopy } from "../../../primitives/useCopy";
import { useActions } from "../actions";
import { useModelGroups } from "../ModelPicker";
import { Receipt } from "../Receipt";
import { Stepper } from "../Stepper";
import type { Siblings } from "../tree";

const action = "rounded-[4px] px-0.5 hover:text-ink disabled:opacity-45";

export function AnswerFoot({ message, siblings }: { message: Message; siblings: Siblings }) {
  const { t } = useTranslation();
  const { step, retry, busy, branch } = useActions();
  const [copied, copy] = useCopy();
  return (
    <footer className="num mt-2.5 flex flex-wrap items-center gap-x-3.5 gap-y-1 text-xs leading-5 text-ink-2" data-testid="receipt">
      <Stepper siblings={siblings} onStep={step} />
      {message.receipt ? <Receipt receipt={message.receipt} asked={message.model} /> : null}
      <span className="-mx-0.5 flex items-center gap-1">
        {message.text ? (
          <>
            <button type="button" className={action} onClick={() => copy(message.text)}>
              {copied ? t("common.copied") : t("common.copy")}
            </button>
            <span aria-hidden>·</span>
          </>
        ) : null}
        {message.state === "failed" ? null : (
          <>
            <button type="button" className={action} disabled={busy} onClick={() => retry(message)} data-testid="retry">
              {t("chat.retry")}
            </button>
            <span aria-hidden>·</span>
          </>
        )}
        <RetryWith message={message} />
        <span aria-hidden>·</span>
        <button type="button" className={action} disabled={busy} onClick={() => branch(message)} data-testid="branch">
          {t("answer.branch")}
        </button>
        <span aria-hidden>·</span>
        <More message={message} />
      </span>
    </footer>
  );
}

function More({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { fork, remove, quote } = useActions();
  return (
    <Menu
      trigger={
        <button type="button" className={action} aria-label={t("answer.more")} data-testid="answer-more">
          {t("common.more")}
        </button>
      }
      actions={[
        ...(message.text ? [{ label: t("answer.quote"), onPick: () => quote(message.text) }] : []),
        { label: t("answer.fork"), onPick: () => fork(message) },
        { label: t("chat.delete"), danger: true, onPick: () => remove(message) },
      ]}
    />
  );
}

function RetryWith({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { models, retry, busy } = useActions();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t("chat.retryWith")}
      trigger={
        <button type="button" className={action} disabled={busy} data-testid="retry-with">
          {t("chat.retryWith")}
        </button>
      }
    >
      <RetryModels
        chosen={message.model}
        models={models}
        onPick={(model) => {
          setOpen(false);
          retry(message, model);
        }}
      />
    </Popover>
  );
}

function RetryModels({ models, chosen, onPick }: { models: ReturnType<typeof useActions>["models"]; chosen: string | null; onPick: (model: string) => void }) {
  const { t } = useTranslation();
  const groups = useModelGroups(models, chosen ?? undefined);
  return (
    <div className="flex max-h-[340px] w-[340px] flex-col">
      <OptionList groups={groups} placeholder={t("chat.searchModels")} empty={t("chat.noSuchModel")} onPick={onPick} />
    </div>
  );
}
