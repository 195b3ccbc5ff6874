// A picture in an answer; a click shows it large.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../host/context";
import { Dialog } from "../../primitives/Dialog";

export function Picture({ id }: { id: string }) {
  const { t } = useTranslation();
  const host = useHost();
  const [large, setLarge] = useState(false);
  const { data: url, isError } = useQuery({ queryKey: ["picture", id], queryFn: () => host.loadPicture(id), staleTime: Infinity });
  if (isError) return <p className="my-3 text-s text-ink-2">{t("chat.pictureLost")}</p>;
  return (
    <>
      <button type="button" aria-label={t("chat.enlarge")} onClick={() => setLarge(true)} className="my-3 block size-[320px] max-w-full overflow-hidden rounded-m border border-line bg-hover">
        {url ? <img src={url} alt={t("chat.picture")} className="size-full object-cover" data-testid="picture" /> : null}
      </button>
      <Dialog open={large} onClose={() => setLarge(false)} title={t("chat.picture")} width={720}>
        {url ? <img src={url} alt={t("chat.picture")} className="h-[min(70vh,680px)] w-full object-contain" /> : null}
      </Dialog>
    </>
  );
}
