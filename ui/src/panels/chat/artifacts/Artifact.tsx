// Code that is also something to look at: a diagram, a picture, a page. Its source is always one click away.
import { memo, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAside } from "../markdown/aside";
import type { Block } from "../markdown/blocks";
import { CodeBlock } from "../markdown/CodeBlock";
import { drawDiagram, drawnDiagram } from "./diagrams";
import { HtmlPreview } from "./HtmlPreview";
import { ShownPicture } from "./ShownPicture";
import { svgPicture } from "./svg";

type Code = Extract<Block, { kind: "code" }>;
type Kind = "diagram" | "svg" | "html";

export function kindOf(language: string, first: string): Kind | null {
  const name = language.toLowerCase();
  const begins = first.trimStart().slice(0, 200).toLowerCase();
  if (name === "mermaid") return "diagram";
  if (name === "svg" || (["xml", "html", ""].includes(name) && /^(?:<\?xml[^>]*>\s*)?<svg[\s>]/.test(begins))) return "svg";
  return name === "html" || name === "xhtml" || (name === "" && begins.startsWith("<!doctype html")) ? "html" : null;
}

export const Artifact = memo(function Artifact({ code, closed }: { code: Code; closed: boolean }) {
  const { t } = useTranslation();
  const { live } = useAside();
  const kind = closed ? kindOf(code.language, code.windows[0] ?? "") : null;
  // Diagrams draw themselves once the answer is whole; a page or a picture waits for a click.
  const [chosen, setChosen] = useState<boolean | null>(null);
  const preview = kind !== null && (chosen ?? (kind === "diagram" && !live));
  if (!kind) return <CodeBlock windows={code.windows} lines={code.lines} language={code.language} closed={closed} />;
  const action = (shown: boolean, label: string) => (
    <button type="button" aria-pressed={preview === shown} onClick={() => setChosen(shown)} className={`rounded-[4px] px-1 py-0.5 hover:text-ink ${preview === shown ? "font-medium text-ink" : ""}`}>
      {label}
    </button>
  );
  const views = (
    <span role="group" aria-label={t("answer.artifact.view")} className="mr-2 inline-flex gap-0.5" data-testid={`artifact-${kind}`}>
      {action(true, t("answer.artifact.preview"))}
      {action(false, t("answer.artifact.code"))}
    </span>
  );
  if (!preview) return <CodeBlock windows={code.windows} lines={code.lines} language={code.language} closed actions={views} />;
  return (
    <figure className="code-frame my-3 overflow-hidden rounded-m border border-line bg-panel">
      <figcaption className="flex items-center border-b border-line py-1 pr-2 pl-3 text-xs text-ink-2 select-none">
        <span className="flex-1 truncate">{code.language || kind}</span>
        {views}
      </figcaption>
      <Preview kind={kind} code={code} />
    </figure>
  );
});

function Preview({ kind, code }: { kind: Kind; code: Code }) {
  const source = useMemo(() => code.windows.join("\n"), [code.windows]);
  if (kind === "html") return <HtmlPreview html={source} />;
  return kind === "svg" ? <Svg source={source} /> : <Diagram code={code} source={source} />;
}

function Svg({ source }: { source: string }) {
  const { t } = useTranslation();
  const picture = useMemo(() => svgPicture(source), [source]);
  if (!picture) return <p className="px-3 py-3 text-s text-ink-2">{t("answer.artifact.notShown")}</p>;
  return (
    <div className="grid place-items-center px-3">
      <ShownPicture url={picture.url} name={t("answer.artifact.svg")} paper />
    </div>
  );
}

const isDark = () => document.documentElement.dataset.theme === "dark";

function useDark(): boolean {
  const [dark, setDark] = useState(isDark);
  useEffect(() => {
    const watch = new MutationObserver(() => setDark(isDark()));
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => watch.disconnect();
  }, []);
  return dark;
}

function Diagram({ code, source }: { code: Code; source: string }) {
  const { t } = useTranslation();
  const dark = useDark();
  const [drawn, setDrawn] = useState<{ svg: string } | { problem: string } | null>(() => {
    const svg = drawnDiagram(source, dark);
    return svg === undefined ? null : { svg };
  });
  useEffect(() => {
    let here = true;
    drawDiagram(source, dark).then(
      (svg) => here && setDrawn({ svg }),
      (thrown: unknown) => here && setDrawn({ problem: thrown instanceof Error ? thrown.message : String(thrown) }),
    );
    return () => {
      here = false;
    };
  }, [source, dark]);
  const picture = useMemo(() => (drawn && "svg" in drawn ? svgPicture(drawn.svg) : null), [drawn]);
  if (!drawn) return <p className="px-3 py-3 text-s text-ink-2">{t("answer.artifact.drawing")}</p>;
  if (picture) {
    return (
      <div className="grid place-items-center px-3" data-testid="diagram">
        <ShownPicture url={picture.url} name={t("answer.artifact.diagram")} paper />
      </div>
    );
  }
  return (
    <div data-testid="diagram-failed">
      <p className="px-3 pt-2 text-s text-ink-2">{t("answer.artifact.notDrawn")}</p>
      {"problem" in drawn && drawn.problem ? <p className="selectable px-3 pt-0.5 font-mono text-xs whitespace-pre-wrap text-ink-2">{drawn.problem.slice(0, 400)}</p> : null}
      <pre className="selectable max-h-[400px] overflow-auto p-3 text-[12.5px] leading-[20px]">{code.windows.join("\n")}</pre>
    </div>
  );
}
