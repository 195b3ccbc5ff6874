// An answer's Markdown. Finished blocks are frozen; raw HTML stays text; links and remote pictures open outside, when asked.
import { isValidElement, memo, useMemo } from "react";
import type { ComponentProps, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import ReactMarkdown, { defaultUrlTransform } from "react-markdown";
import type { Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import remend from "remend";
import { useHost } from "../../../host/context";
import { splitBlocks } from "./blocks";
import { CodeBlock } from "./CodeBlock";
import { hasMaths, normaliseMaths, useMaths } from "./maths";

function Link({ href, children }: ComponentProps<"a">) {
  const host = useHost();
  if (!href || !/^(https?|mailto):/i.test(href)) return <span>{children}</span>;
  return (
    <a
      href={href}
      title={href}
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault();
        void host.openUrl(href);
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {children}
    </a>
  );
}

/** A remote picture tells its server that you read this: it is only ever a link. */
function RemotePicture({ src, alt }: ComponentProps<"img">) {
  const { t } = useTranslation();
  if (typeof src !== "string" || !src) return null;
  if (src.startsWith("data:image/")) return <img src={src} alt={alt ?? ""} className="max-w-full rounded-m" />;
  const where = URL.canParse(src) ? new URL(src).host : src;
  return <Link href={src}>{t("chat.remotePicture", { name: alt || t("chat.picture"), where })}</Link>;
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  return isValidElement<{ children?: ReactNode }>(node) ? textOf(node.props.children) : "";
}

function Pre({ children }: ComponentProps<"pre">) {
  const language = isValidElement<{ className?: string }>(children) ? (/language-(\S+)/.exec(children.props.className ?? "")?.[1] ?? "") : "";
  return <CodeBlock code={textOf(children).replace(/\n$/, "")} language={language} />;
}

function Table({ children }: ComponentProps<"table">) {
  return (
    <div className="table-frame" tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}

const components: Components = { a: Link, img: RemotePicture, pre: Pre, table: Table };

function safeUrl(url: string, key: string): string {
  return key === "src" && url.startsWith("data:image/") ? url : defaultUrlTransform(url);
}

const Block = memo(function Block({ text, unfinished }: { text: string; unfinished: boolean }) {
  const maths = useMaths(hasMaths(text));
  const closed = unfinished ? remend(text) : text;
  return (
    <div className="block-part">
      <ReactMarkdown
        remarkPlugins={maths ? [remarkGfm, ...maths.remark] : [remarkGfm]}
        rehypePlugins={maths?.rehype}
        components={components}
        urlTransform={safeUrl}
      >
        {maths ? normaliseMaths(closed) : closed}
      </ReactMarkdown>
    </div>
  );
});

export default function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return (
    <div className="prose selectable" data-testid="answer-text">
      {blocks.map((block, index) => (
        <Block key={index} text={block} unfinished={streaming && index === blocks.length - 1} />
      ))}
    </div>
  );
}
