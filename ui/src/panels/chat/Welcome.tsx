// An empty thread: what a crash left, what answers here, three things to try, and the way to a real gateway.
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useHost } from "../../host/context";
import { keys, useInterrupted } from "../../host/queries";
import type { InterruptedAnswer, Model } from "../../bindings";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { Empty } from "../../primitives/Empty";
import { Pill } from "../../primitives/Pill";

type Props = { sandbox: boolean; models: Model[]; onTry: (text: string, model?: string) => void; onOpen: (conversation: string, message: string) => void; onOpenKeys: () => void };

export function Welcome({ sandbox, models, onTry, onOpen, onOpenKeys }: Props) {
  const { t } = useTranslation();
  const painter = sandbox ? models.find((model) => model.name === "sandbox-picture") : undefined;
  const examples: { text: string; model?: string }[] = [
    { text: t("chat.try.table") },
    { text: t("chat.try.code") },
    painter ? { text: t("chat.try.picture"), model: painter.id } : { text: t("chat.try.plain") },
  ];
  return (
    <>
      <LeftOver onOpen={onOpen} />
      <Empty title={t("chat.welcome")} text={sandbox ? t("chat.sandboxText") : t("chat.welcomeText")}>
        {sandbox ? <Pill tone="accent">{t("keys.sandbox")}</Pill> : null}
        <div className="mt-2 grid w-full gap-1.5">
          {examples.map((example) => (
            <button key={example.text} type="button" data-testid="example" onClick={() => onTry(example.text, example.model)} className="card px-3.5 py-2.5 text-left text-m hover:bg-hover">
              {example.text}
            </button>
          ))}
        </div>
        {sandbox ? (
          <button type="button" onClick={onOpenKeys} className="mt-1 rounded-[4px] text-m text-accent underline decoration-transparent underline-offset-2 hover:decoration-current">
            {t("chat.addGateway")}
          </button>
        ) : null}
      </Empty>
    </>
  );
}

/** Offered, not opened: the answer may be what brought the app down. */
function LeftOver({ onOpen }: Pick<Props, "onOpen">) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const left = useInterrupted() ?? [];
  if (!left.length) return null;
  function dismiss() {
    client.setQueryData<InterruptedAnswer[]>(keys.interrupted, []);
    void host.dismissInterrupted().catch(() => undefined);
  }
  return (
    <div className="mx-auto grid w-full max-w-[500px] gap-2 px-6 pt-10">
      {left.map((one) => (
        <Callout key={one.message} tone="warn" role="status" testid="left-over" title={t("chat.leftOver", { title: one.title })} text={one.text ? `“${one.text}…”` : null}>
          <Button
            look="primary"
            onClick={() => {
              dismiss();
              onOpen(one.conversation, one.message);
            }}
          >
            {t("chat.openThere")}
          </Button>
          <Button onClick={dismiss}>{t("common.dismiss")}</Button>
        </Callout>
      ))}
    </div>
  );
}
