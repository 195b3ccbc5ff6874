// KaTeX and its fonts, in a chunk of their own.
import "katex/dist/katex.min.css";
import rehypeKatex from "rehype-katex";
import remarkMath from "remark-math";
import type { MathsPlugins } from "./maths";

export const plugins: MathsPlugins = {
  remark: [remarkMath],
  rehype: [[rehypeKatex, { errorColor: "var(--bad)", strict: "ignore", trust: false }]],
};
