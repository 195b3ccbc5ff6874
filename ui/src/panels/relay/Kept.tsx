// A body that was kept: its headers, then what was said, as text. JSON is laid out; nothing is ever run or rendered.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CapturedBody } from "../../bindings";
import { bytes, useLocale } from "../../primitives/format";
import { Snippet } from "../../primitives/Snippet";

const LAID_OUT = 200_000;

function laidOut(text: string): string {
  if (text.length > LAID_OUT) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function Kept({ title, body }: { title: string; body: CapturedBody }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const text = useMemo(() => (body.text === null ? null : laidOut(body.text)), [body.text]);
  const size = bytes(body.size, locale);
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2" data-testid="kept">
      {body.head.trim() ? <Snippet title={t("relay.headersOf", { what: title })} text={body.head.trim()} /> : null}
      {text === null ? (
        <p className="text-s text-ink-2">{t("relay.notText", { what: title, size })}</p>
      ) : (
        <Snippet title={body.truncated ? t("relay.bodyPart", { what: title, size }) : t("relay.body", { what: title, size })} text={text} />
      )}
    </section>
  );
}
