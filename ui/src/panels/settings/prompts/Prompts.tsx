// The library: prompts that "/" puts into the composer, and assistants that a conversation begins with.
import { Bot, Pencil, Plus, TextQuote, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import { keys, usePrompts } from "../../../host/queries";
import type { Prompt } from "../../../bindings";
import { inWords } from "../../../parts/problem";
import { Button, IconButton } from "../../../primitives/Button";
import { Card } from "../../../primitives/Table";
import { tell, tellProblem } from "../../../primitives/toast";
import { Page } from "../Page";
import { PromptForm } from "./PromptForm";

export function Prompts() {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const all = usePrompts() ?? [];
  const [open, setOpen] = useState<Prompt | Prompt["kind"] | null>(null);
  const again = () => client.invalidateQueries({ queryKey: keys.prompts });

  async function remove(prompt: Prompt) {
    try {
      await host.deletePrompt(prompt.id);
      tell(t("chat.deleted", { title: prompt.name }), { label: t("common.undo"), onUndo: () => void host.savePrompt(prompt).then(again) });
    } catch (thrown) {
      tellProblem(inWords(asProblem(thrown)));
    }
    await again();
  }
  const section = (kind: Prompt["kind"]) => (
    <Card
      title={t(`prompts.${kind}s`)}
      note={t(`prompts.${kind}sNote`)}
      action={
        <Button look="ghost" data-testid={`add-${kind}`} onClick={() => setOpen(kind)}>
          <Plus />
          {t("prompts.add")}
        </Button>
      }
    >
      <ul>
        {all
          .filter((one) => one.kind === kind)
          .map((one) => (
            <li key={one.id} data-testid="prompt" className="flex items-center gap-3 border-b border-line py-1.5 pr-2 pl-3.5 last:border-b-0 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3">
              {kind === "assistant" ? <Bot /> : <TextQuote />}
              <span className="grid min-w-0 flex-1">
                <b className="truncate font-medium">{one.name}</b>
                <small className="truncate text-s text-ink-2">{(kind === "assistant" ? one.settings?.systemPrompt : one.text)?.replace(/\s+/g, " ")}</small>
              </span>
              <IconButton label={t("prompts.edit", { name: one.name })} onClick={() => setOpen(one)}>
                <Pencil />
              </IconButton>
              <IconButton label={t("prompts.remove", { name: one.name })} onClick={() => void remove(one)}>
                <Trash2 />
              </IconButton>
            </li>
          ))}
        {all.some((one) => one.kind === kind) ? null : <li className="px-3.5 py-3 text-s text-ink-2">{t("prompts.none")}</li>}
      </ul>
    </Card>
  );
  return (
    <Page title={t("prefs.prompts")}>
      {section("prompt")}
      {section("assistant")}
      {open ? <PromptForm from={typeof open === "string" ? null : open} kind={typeof open === "string" ? open : open.kind} onClose={() => setOpen(null)} onSaved={again} /> : null}
    </Page>
  );
}
