// Which models the chat offers, and which one a conversation begins with.
import type { Model } from "../../host/soon";

/** A few image models answer in a chat; the others only know the images endpoint. The kind alone does not tell them apart. */
export function answersInChat(model: Model): boolean {
  return model.kind === "chat" || (model.kind === "image" && /gemini|flash-image|picture/.test(model.name));
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
