// What the scripted host says when something is not there.
import type { Problem } from "../../bindings";

export const notFound = (what: string): Problem => ({ code: "not_found", fault: "nexdesk", message: `There is no such ${what}.`, remedy: null, detail: null });
