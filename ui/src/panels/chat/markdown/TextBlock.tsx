// One block of an answer's text as elements. Raw HTML stays text; no address is taken as it comes.
import { isValidElement, memo, useMemo } from "react";
import type { ComponentProps, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import ReactMarkdown, { defaultUrlTransform } from "react-markdown";
import type { Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import remend from "remend";
import type { Notes } from "../thread/parts";
import { useAside } from "./aside";
import { CodeBlock, linesOf, windowsOf } from "./CodeBlock";
import { Formula } from "./Formula";
import { tooHard } from "./hard";
import { whenIdle } from "./idle";
import { Link } from "./Link";
import { carriedPicture } from "./links";
import { rehypeMarks } from "./rehypeMarks";
import { Cite, FootnoteMark } from "./Marks";
import { hasMaths, normaliseMaths } from "./maths";
import { AnswerPicture } from "./RemotePicture";
import { Table } from "./Table";

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  return isValidElement<{ children?: ReactNode }>(node) ? textOf(node.props.children) : "";
}

const classOf = (node: ReactNode) => (isValidElement<{ className?: string }>(node) ? (node.props.className ?? "") : "");

function Pre({ children }: ComponentProps<"pre">) {
  const code = textOf(children).replace(/\n$/, "");
  const windows = useMemo(() => windowsOf(code), [code]);
  if (/\bmath-display\b/.test(classOf(children))) return <Formula source={code} display />;
  const language = /language-(\S{1,30})/.exec(classOf(children))?.[1] ?? "";
  return <CodeBlock windows={windows} lines={linesOf(windows)} language={language} closed />;
}

function Code({ className, children }: ComponentProps<"code">) {
  if (className?.includes("math-inline")) return <Formula source={textOf(children)} display={false} />;
  return <code className={className}>{children}</code>;
}

function Tick({ checked }: ComponentProps<"input">) {
  const { t } = useTranslation();
  return <input type="checkbox" checked={Boolean(checked)} disabled aria-label={checked ? t("answer.taskDone") : t("answer.taskOpen")} />;
}

const components: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  img: ({ src, alt }) => <AnswerPicture src={src} alt={alt} />,
  pre: Pre,
  code: Code,
  input: Tick,
  table: ({ children }) => <Table>{children}</Table>,
  cite: ({ title }) => <Cite number={Number(title)} />,
  sup: ({ title, children }) => (title ? <FootnoteMark label={title} /> : <sup>{children}</sup>),
};

/** Letters without a shape: thousands of them take an engine seconds. */
const INVISIBLE = /[\u200b-\u200f\u2060-\u2064\ufeff]+/g;

const safeUrl = (url: string, key: string) => (key === "src" && carriedPicture(url) ? url : defaultUrlTransform(url));

/** The definitions this text asks for, written under it, as Markdown wants them in one document. */
function asked(text: string, { definitions, footnotes }: Notes): string {
  if (!definitions.length && !footnotes.length) return "";
  const labels = new Set([...text.matchAll(/\[([^[\]\n]{1,200})\]/g)].map((match) => match[1]?.toLowerCase()));
  const links = definitions.filter((one) => labels.has(one.label)).map((one) => one.text);
  const notes = footnotes.filter((one) => labels.has(`^${one.label.toLowerCase()}`)).map((one) => `[^${one.label}]: .`);
  return [...links, ...notes].map((line) => `\n\n${line}`).join("");
}

const Parsed = memo(function Parsed({ text }: { text: string }) {
  const maths = hasMaths(text);
  return (
    <ReactMarkdown remarkPlugins={maths ? [remarkGfm, remarkMath] : [remarkGfm]} rehypePlugins={[rehypeMarks]} components={components} urlTransform={safeUrl}>
      {maths ? normaliseMaths(text) : text}
    </ReactMarkdown>
  );
});

export const TextBlock = memo(function TextBlock({ text, closed }: { text: string; closed: boolean }) {
  const { notes } = useAside();
  const hard = useMemo(() => tooHard(text), [text]);
  const more = useMemo(() => (hard ? "" : asked(text, notes)), [hard, text, notes]);
  if (hard) return <p className="break-all whitespace-pre-wrap" dir="auto" data-testid="unparsed">{text.replace(INVISIBLE, "")}</p>;
  return <Parsed text={(closed ? text : remend(text)) + more} />;
});

/** The engine reads a parser slowly the first times: better on words that nobody waits for. */
["# a\n\n- b `c` **d**\n", "| a | b |\n|---|---|\n| c | https://e.f |\n", "1. x $y$ [z](https://a.b) ~~c~~ *d*\n\n> e\n"].forEach((words) =>
  whenIdle(() => void ReactMarkdown({ remarkPlugins: [remarkGfm, remarkMath], rehypePlugins: [rehypeMarks], children: words })),
);
