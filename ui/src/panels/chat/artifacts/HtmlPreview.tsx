// A model's page in a frame without scripts, forms, network or a way back to the app. Its height is dragged: measuring needs a script.
import { Maximize2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../../primitives/Dialog";
import { quietPage } from "./page";

function Frame({ page, className }: { page: string; className: string }) {
  const { t } = useTranslation();
  return <iframe sandbox="" referrerPolicy="no-referrer" loading="lazy" srcDoc={page} title={t("answer.artifact.page")} className={className} data-testid="html-frame" />;
}

export function HtmlPreview({ html }: { html: string }) {
  const { t } = useTranslation();
  const [large, setLarge] = useState(false);
  const page = useMemo(() => quietPage(html), [html]);
  return (
    <div className="artifact-frame">
      <Frame page={page} className="size-full border-0 bg-[white]" />
      <p className="flex items-center gap-2 border-t border-line px-3 text-xs leading-6 text-ink-2">
        <span className="flex-1 truncate">{t("answer.artifact.quiet")}</span>
        <button type="button" onClick={() => setLarge(true)} className="inline-flex items-center gap-1 rounded-[4px] px-1 hover:text-ink">
          <Maximize2 className="size-3" aria-hidden />
          {t("answer.artifact.full")}
        </button>
        <span className="w-3" />
      </p>
      {large ? (
        <Dialog open onClose={() => setLarge(false)} title={t("answer.artifact.page")} width={1400}>
          <Frame page={page} className="h-[78vh] w-full rounded-m border border-line bg-[white]" />
        </Dialog>
      ) : null}
    </div>
  );
}
