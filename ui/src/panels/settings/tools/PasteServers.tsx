// The JSON of another app, looked through: which servers it holds, and which of them to add.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import { asProblem } from "../../../host/problem";
import type { McpOffer, Problem } from "../../../bindings";
import { inWords } from "../../../parts/problem";
import { Button } from "../../../primitives/Button";
import { Callout } from "../../../primitives/Callout";
import { Drawer, DrawerBody, DrawerFoot } from "../../../primitives/Drawer";
import { TextArea } from "../../../primitives/TextArea";
import { tell } from "../../../primitives/toast";
import { wayTo } from "./ServerCard";
import { useServerChange } from "./useServerChange";

export function PasteServers({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const change = useServerChange();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [offers, setOffers] = useState<McpOffer[] | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());

  async function read() {
    try {
      const found = await host.readMcpJson(text);
      setOffers(found);
      setChosen(new Set(found.filter((one) => !one.already).map((one) => one.name)));
      setProblem(null);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  }
  async function add() {
    const wanted = (offers ?? []).filter((one) => chosen.has(one.name));
    const done = await change(async () => {
      for (const { name, transport, secrets } of wanted) await host.saveMcpServer({ id: null, name, transport, enabled: true, secrets });
    });
    if (!done) return;
    tell(t("tools.added", { count: wanted.length }));
    onClose();
  }
  return (
    <Drawer onClose={onClose} title={t("tools.paste")} testid="paste-form">
      <DrawerBody>
        <TextArea label={t("tools.pasteLabel")} hint={t("tools.pasteNote")} mono rows={10} data-testid="paste-text" placeholder={'{ "mcpServers": { … } }'} value={text} onChange={(event) => { setText(event.target.value); setOffers(null); }} />
        {problem ? <Callout tone="bad" role="alert" title={inWords(problem).message} text={inWords(problem).remedy} /> : null}
        {offers ? <Offers offers={offers} chosen={chosen} onChosen={setChosen} /> : null}
      </DrawerBody>
      <DrawerFoot>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        {offers ? (
          <Button look="primary" data-testid="add-pasted" disabled={!chosen.size} onClick={() => void add()}>
            {t("tools.addCount", { count: chosen.size })}
          </Button>
        ) : (
          <Button look="primary" data-testid="read-pasted" disabled={!text.trim()} onClick={() => void read()}>
            {t("tools.look")}
          </Button>
        )}
      </DrawerFoot>
    </Drawer>
  );
}

function Offers({ offers, chosen, onChosen }: { offers: McpOffer[]; chosen: ReadonlySet<string>; onChosen: (names: ReadonlySet<string>) => void }) {
  const { t } = useTranslation();
  if (!offers.length) return <p className="text-s text-ink-2">{t("tools.noneFound")}</p>;
  return (
    <ul className="card overflow-hidden">
      {offers.map((one) => (
        <li key={one.name} data-testid="offer" className="border-b border-line last:border-b-0">
          <label className="flex items-center gap-3 px-3.5 py-2">
            <input
              type="checkbox"
              className="accent-(--accent)"
              checked={chosen.has(one.name)}
              onChange={(event) => onChosen(new Set(event.target.checked ? [...chosen, one.name] : [...chosen].filter((name) => name !== one.name)))}
            />
            <span className="grid min-w-0 flex-1">
              <span className="flex gap-2">
                <b className="truncate font-medium">{one.name}</b>
                {one.already ? <span className="text-xs leading-5 text-ink-2">{t("tools.already")}</span> : null}
              </span>
              <code className="truncate text-xs text-ink-2">{wayTo(one.transport)}</code>
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
