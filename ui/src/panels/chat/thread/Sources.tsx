// Where an answer says it has things from: numbered as in the text, each with its title and host.
import { useTranslation } from "react-i18next";
import { useAside } from "../markdown/aside";
import { useDoor } from "../markdown/Link";
import { safeAddress } from "../markdown/links";

export function Sources() {
  const { t } = useTranslation();
  const ask = useDoor();
  const { citations } = useAside();
  if (!citations.length) return null;
  return (
    <section className="mt-3" aria-label={t("answer.sources")}>
      <ol className="flex flex-wrap gap-1.5" data-testid="sources">
        {citations.map((source, index) => {
          const address = safeAddress(source.url);
          const host = URL.canParse(source.url) ? new URL(source.url).host : source.url;
          return (
            <li key={index} className="max-w-[260px] min-w-0">
              <button type="button" disabled={!address} onClick={() => address && ask(address, source.title)} className="flex w-full items-baseline gap-1.5 rounded-full border border-line px-2.5 py-0.5 text-xs text-ink-2 hover:bg-hover hover:text-ink">
                <span className="num">{index + 1}</span>
                <span className="truncate text-ink">{(source.title || host).slice(0, 200)}</span>
                {source.title ? <span className="shrink-0 max-w-[110px] truncate">{host}</span> : null}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
