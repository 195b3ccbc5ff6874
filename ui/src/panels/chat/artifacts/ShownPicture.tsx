// A picture on the page: a click shows it large, and there it can be saved and copied.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../primitives/Button";
import { Dialog, DialogFoot } from "../../../primitives/Dialog";
import { tell } from "../../../primitives/toast";
import { blobOf, copyPicture, saveBlob } from "./save";

type Props = { url: string; name: string; square?: boolean; paper?: boolean };

export function ShownPicture({ url, name, square = false, paper = false }: Props) {
  const { t } = useTranslation();
  const [large, setLarge] = useState(false);
  const look = square ? "size-[320px]" : "max-h-[480px]";
  return (
    <>
      <button type="button" aria-label={t("answer.enlargeNamed", { name })} onClick={() => setLarge(true)} className={`my-2 block max-w-full overflow-hidden rounded-m ${paper ? "p-1" : "border border-line bg-hover"} ${look}`}>
        <img src={url} alt={name} draggable={false} decoding="async" data-testid="picture" className={square ? "size-full object-cover" : "mx-auto max-h-[456px] max-w-full object-contain"} />
      </button>
      {large ? <Large url={url} name={name} onClose={() => setLarge(false)} /> : null}
    </>
  );
}

export function Large({ url, name, onClose }: { url: string; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [actual, setActual] = useState(false);
  const blob = blobOf(url);
  const ending = blob?.type.split("/")[1]?.replace("svg+xml", "svg").replace("jpeg", "jpg") ?? "png";
  return (
    <Dialog open onClose={onClose} title={name} width={1100}>
      <div className="grid max-h-[70vh] min-h-[200px] place-items-center overflow-auto rounded-m bg-hover">
        <img src={url} alt={name} className={actual ? "max-w-none" : "max-h-[70vh] w-full object-contain"} />
      </div>
      <DialogFoot>
        <Button onClick={() => setActual(!actual)} aria-pressed={actual}>
          {actual ? t("answer.fit") : t("answer.actualSize")}
        </Button>
        <Button onClick={() => void copyPicture(url).then((done) => tell(done ? t("answer.pictureCopied") : t("answer.pictureNotCopied")))}>{t("common.copy")}</Button>
        <Button look="primary" disabled={!blob} onClick={() => blob && saveBlob(`nexdesk-picture.${ending}`, blob)}>
          {t("common.save")}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
