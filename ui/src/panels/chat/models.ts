// Which models the chat offers, and which one a conversation begins with.
import type { Model } from "../../bindings";

/** A few image models answer in a chat; the others only know the images endpoint. The kind alone does not tell them apart. */
function answersInChat(model: Model): boolean {
  return model.kind === "chat" || (model.kind === "image" && /gemini|flash-image|picture/.test(model.name));
}

/** What only pretends comes last: whoever has added a gateway means to be answered by it. */
export function offered(models: Model[]): Model[] {
  const pretends = (model: Model) => model.id.startsWith("sandbox/");
  const chat = models.filter(answersInChat);
  return [...chat.filter((model) => !pretends(model)), ...chat.filter(pretends)];
}

type Wishes = { picked: string | undefined; lastUsed: string | null | undefined; usual: string | null | undefined };

/** What was picked here, else what this conversation used, else the usual one, else the first there is. */
export function modelFor(models: Model[], { picked, lastUsed, usual }: Wishes): Model | undefined {
  const wanted = [picked, lastUsed, usual].find((id) => id && models.some((model) => model.id === id));
  return models.find((model) => model.id === wanted) ?? models[0];
}

/** "gateway/model" without its gateway, for where space is short. */
export function shortName(model: string | null): string {
  return model?.replace(/^[^/]*\//, "") ?? "";
}
