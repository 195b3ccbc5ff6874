// Whatever was thrown, as the Problem a person can read.
import type { Problem } from "../bindings";

function isProblem(thrown: unknown): thrown is Problem {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown && "fault" in thrown;
}

export function asProblem(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", fault: "nexdesk", message, remedy: null, detail };
}
