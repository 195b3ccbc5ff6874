// A picture the answer brought, by its name on disk.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useHost } from "../../host/context";
import { ShownPicture } from "./artifacts/ShownPicture";

export function Picture({ id }: { id: string }) {
  const { t } = useTranslation();
  const host = useHost();
  // Read again when it is next looked at, rather than kept: a day of pictures would fill the memory.
  const { data: url, isError } = useQuery({ queryKey: ["picture", id], queryFn: () => host.loadPicture(id), staleTime: Infinity, gcTime: 30_000 });
  if (isError) return <p className="my-3 text-s text-ink-2">{t("chat.pictureLost")}</p>;
  return url ? <ShownPicture url={url} name={t("chat.picture")} square /> : <div className="my-2 size-[320px] max-w-full rounded-m border border-line bg-hover" />;
}
