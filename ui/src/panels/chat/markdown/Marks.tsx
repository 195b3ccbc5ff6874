// Marks in the text that lead elsewhere: the number of a source, the number of a footnote.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Popover } from "../../../primitives/Popover";
import { useAside } from "./aside";
import { useDoor } from "./Link";
import { safeAddress } from "./links";

/** "[1]" where there is a first source; otherwise it stays what it was. */
export function Cite({ number }: { number: number }) {
  const { t } = useTranslation();
  const ask = useDoor();
  const source = useAside().citations[number - 1];
  const address = source && safeAddress(source.url);
  if (!source || !address) return <>[{number}]</>;
  const { host } = new URL(address);
  return (
    <button type="button" className="cite" title={`${source.title}\n${host}`} aria-label={t("answer.source", { number, title: source.title || host, host })} onClick={() => ask(address, source.title)} data-testid="cite">
      {number}
    </button>
  );
}

export function FootnoteMark({ label }: { label: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { footnotes } = useAside().notes;
  const at = footnotes.findIndex((note) => note.label.toLowerCase() === label);
  const note = footnotes[at];
  if (!note) return null;
  return (
    <sup>
      <Popover
        open={open}
        onOpenChange={setOpen}
        label={t("answer.footnote", { number: at + 1 })}
        trigger={
          <button type="button" className="footnote-mark" aria-label={t("answer.footnote", { number: at + 1 })}>
            {at + 1}
          </button>
        }
      >
        <p className="selectable max-h-60 max-w-[380px] overflow-auto px-3 py-2 text-m whitespace-pre-wrap">{note.text.trim()}</p>
      </Popover>
    </sup>
  );
}
