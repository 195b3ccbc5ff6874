// Problems in the language of the window. The engine writes its sentences in English; what kind of problem it is, is told by its code.
import type { Problem } from "../bindings";
import i18n from "../i18n";

/** Codes whose sentence says everything there is to say; the kind alone would tell less than the English words. */
const OWN_WORDS = new Set<Problem["code"]>(["invalid_input", "not_found", "internal", "not_taken"]);

/** What happened first, in the reader's language; the engine's own words after it. */
export function inWords(problem: Problem): Problem {
  if (i18n.language === "en" || OWN_WORDS.has(problem.code)) return problem;
  return { ...problem, message: i18n.t(`problem.${problem.code}`), remedy: [problem.message.replace(/[^.!?…。！？]$/, "$&."), problem.remedy].filter(Boolean).join(" ") };
}
