// A server as it is typed, and back: the command as one line, arguments and variables as lines of their own.
import type { McpOffer, McpServer, SaveMcpServer } from "../../../bindings";

export type Typed = { name: string; kind: "stdio" | "http"; command: string; args: string; env: { name: string; value: string }[]; url: string; token: string };

export function typedFrom(from: McpServer | McpOffer | null): Typed {
  const transport = from?.transport;
  const given = from && "secrets" in from ? from.secrets : [];
  return {
    name: from?.name ?? "",
    kind: transport?.kind ?? "stdio",
    command: transport?.kind === "stdio" ? transport.command : "",
    args: transport?.kind === "stdio" ? transport.args.join("\n") : "",
    env: transport?.kind === "stdio" ? transport.env.map((name) => ({ name, value: given.find((one) => one.name === name)?.value ?? "" })) : [],
    url: transport?.kind === "http" ? transport.url : "",
    token: transport?.kind === "http" ? (given[0]?.value ?? "") : "",
  };
}

/** A whole command line pasted into the command's field is taken apart: quotes hold words together. */
export function commandLine(text: string): { command: string; args: string[] } {
  const [command = "", ...args] = (text.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
  return { command, args };
}

export function isHttp(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

export function isWhole(typed: Typed): boolean {
  return typed.name.trim() !== "" && (typed.kind === "http" ? isHttp(typed.url.trim()) : typed.command.trim() !== "");
}

export function toSave(typed: Typed, id: string | null, enabled: boolean): SaveMcpServer {
  const name = typed.name.trim();
  if (typed.kind === "http") return { id, name, enabled, transport: { kind: "http", url: typed.url.trim() }, secrets: typed.token ? [{ name: "Authorization", value: typed.token }] : [] };
  const { command, args } = commandLine(typed.command);
  const env = typed.env.filter((one) => one.name.trim()).map((one) => ({ name: one.name.trim(), value: one.value }));
  return { id, name, enabled, transport: { kind: "stdio", command, args: [...args, ...typed.args.split("\n").filter(Boolean)], env: env.map((one) => one.name) }, secrets: env.filter((one) => one.value) };
}
