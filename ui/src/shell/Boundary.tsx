// When a panel breaks: what happened, and a way on. Drafts live outside the panels, so nothing typed is lost.
import { Component } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../primitives/Button";
import { CopyButton } from "../primitives/CopyButton";

type Props = { children: ReactNode };
type State = { error: Error | null };

export class Boundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    const { error } = this.state;
    return error ? <Broken error={error} onAgain={() => this.setState({ error: null })} /> : this.props.children;
  }
}

function Broken({ error, onAgain }: { error: Error; onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="alert" className="mx-auto grid max-w-[560px] gap-3 p-10">
      <h1 className="text-l font-semibold">{t("broken.title")}</h1>
      <p className="text-ink-2">{t("broken.text")}</p>
      <pre className="selectable card overflow-x-auto p-3 text-s whitespace-pre-wrap">{error.message}</pre>
      <div className="flex gap-2">
        <Button look="primary" onClick={onAgain}>
          {t("common.tryAgain")}
        </Button>
        <CopyButton text={error.stack ?? error.message} label={t("broken.copy")} />
      </div>
    </div>
  );
}
