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
  // The panel comes with the first click: an answer may have a thousand footnotes.
  const [open, setOpen] = useState<boolean | null>(null);
  const { footnotes } = useAside().notes;
  const at = footnotes.findIndex((note) => note.label.toLowerCase() === label);
  const note = footnotes[at];
  if (!note) return null;
  const name = t("answer.footnote", { number: at + 1 });
  const mark = (onClick?: () => void) => (
    <button type="button" className="footnote-mark" aria-label={name} aria-haspopup="dialog" onClick={onClick}>
      {at + 1}
    </button>
  );
  return (
    <sup>
      {open === null ? (
        mark(() => setOpen(true))
      ) : (
        <Popover open={open} onOpenChange={setOpen} label={name} trigger={mark()}>
          <p className="selectable max-h-60 max-w-[380px] overflow-auto px-3 py-2 text-m whitespace-pre-wrap">{note.text.trim()}</p>
        </Popover>
      )}
    </sup>
  );
}
