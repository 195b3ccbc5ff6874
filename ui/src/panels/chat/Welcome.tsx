// An empty thread: what answers here, three things to try, and the way to a real gateway.
import { useTranslation } from "react-i18next";
import type { Model } from "../../bindings";
import { Empty } from "../../primitives/Empty";
import { Pill } from "../../primitives/Pill";

type Props = { sandbox: boolean; models: Model[]; onTry: (text: string, model?: string) => void; onOpenKeys: () => void };

export function Welcome({ sandbox, models, onTry, onOpenKeys }: Props) {
  const { t } = useTranslation();
  const painter = sandbox ? models.find((model) => model.name === "sandbox-picture") : undefined;
  const examples: { text: string; model?: string }[] = [
    { text: t("chat.try.table") },
    { text: t("chat.try.code") },
    painter ? { text: t("chat.try.picture"), model: painter.id } : { text: t("chat.try.plain") },
  ];
  return (
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
  );
}
