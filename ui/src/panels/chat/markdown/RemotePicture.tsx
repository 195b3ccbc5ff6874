// A picture an answer points at. Fetching it tells its server that you read this: only when you say so, one by one.
import { useMutation } from "@tanstack/react-query";
import { ImageOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useHost } from "../../../host/context";
import type { Host } from "../../../host/host";
import { asProblem } from "../../../host/problem";
import { Button } from "../../../primitives/Button";
import { ShownPicture } from "../artifacts/ShownPicture";
import { Link } from "./Link";
import { carriedPicture, safeAddress } from "./links";

/** The window's policy lets no page fetch pictures: the app does it, without cookies, and hands over a data: address. */
type Fetching = Host & { loadRemotePicture?: (url: string) => Promise<string> };

export function AnswerPicture({ src, alt }: { src?: unknown; alt?: string | undefined }) {
  const { t } = useTranslation();
  const carried = carriedPicture(src);
  if (carried) return <ShownPicture url={carried} name={alt || t("chat.picture")} />;
  const address = safeAddress(src);
  if (!address?.startsWith("http")) return <span className="text-ink-2">{alt || t("chat.picture")}</span>;
  return <Remote address={address} alt={alt || t("chat.picture")} />;
}

function Remote({ address, alt }: { address: string; alt: string }) {
  const { t } = useTranslation();
  const host = useHost() as Fetching;
  const fetching = useMutation({ mutationFn: () => host.loadRemotePicture?.(address) ?? Promise.reject(new Error("cannot fetch")) });
  const shown = carriedPicture(fetching.data);
  if (shown) return <ShownPicture url={shown} name={alt} />;
  const where = new URL(address).host;
  return (
    <span className="remote-picture" data-testid="remote-picture">
      <ImageOff className="size-4 shrink-0" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-ink">{alt}</span>
        <Link href={address}>{t("answer.remote.at", { where })}</Link>
        {fetching.error ? <span className="block text-bad">{asProblem(fetching.error).message}</span> : null}
      </span>
      {host.loadRemotePicture ? (
        <Button onClick={() => fetching.mutate()} disabled={fetching.isPending} aria-label={t("answer.remote.loadFrom", { where })} data-testid="load-once">
          {t("answer.remote.load")}
        </Button>
      ) : null}
    </span>
  );
}
