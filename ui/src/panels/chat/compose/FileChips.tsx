// What is attached to the message being written: kind, name, size, tokens, and what stands against sending it.
import { clsx } from "clsx";
import { AudioLines, FileText, Film, Image, LoaderCircle, Text, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Attachment, AttachmentKind, Problem } from "../../../bindings";
import { bytes, count, useLocale } from "../../../primitives/format";
import type { Pending } from "./files";

const icons: Record<AttachmentKind, ReactNode> = { picture: <Image />, audio: <AudioLines />, video: <Film />, document: <FileText />, text: <Text /> };

type Props = { files: Attachment[]; pending: Pending[]; refused: { attachment: string; problem: Problem }[]; onRemove: (id: string) => void; onDismiss: (key: number) => void };

export function FileChips({ files, pending, refused, onRemove, onDismiss }: Props) {
  const { t } = useTranslation();
  if (!files.length && !pending.length) return null;
  return (
    <ul aria-label={t("compose.attached")} className="mb-2 flex flex-wrap items-start gap-1.5 px-1">
      {files.map((file) => (
        <FileChip key={file.id} file={file} problem={refused.find((one) => one.attachment === file.id)?.problem ?? file.problem} onRemove={() => onRemove(file.id)} />
      ))}
      {pending.map((one) => (
        <Chip key={one.key} icon={one.problem ? <FileText /> : <LoaderCircle className="animate-spin motion-reduce:animate-none" />} name={one.name} note={one.problem ? null : t("compose.reading")} problem={one.problem} onRemove={() => onDismiss(one.key)} />
      ))}
    </ul>
  );
}

function FileChip({ file, problem, onRemove }: { file: Attachment; problem: Problem | null; onRemove: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const facts = [
    bytes(file.size, locale),
    file.pages ? t("compose.pages", { count: file.pages }) : null,
    file.tokens === null ? null : `≈ ${t("compose.tokens", { count: file.tokens, shown: count(file.tokens, locale) })}`,
  ];
  return <Chip icon={icons[file.kind]} name={file.name} note={facts.filter(Boolean).join(" · ")} problem={problem} onRemove={onRemove} />;
}

/** What stands against a file begins with its name, which the chip says already. */
export function withoutName(message: string, name: string): string {
  const named = `“${name}”: `;
  return message.startsWith(named) ? message.slice(named.length) : message;
}

type ChipProps = { icon: ReactNode; name: string; note: string | null; problem: Problem | null; onRemove: () => void };

function Chip({ icon, name, note, problem, onRemove }: ChipProps) {
  const { t } = useTranslation();
  return (
    <li
      data-testid="file-chip"
      data-bad={problem ? true : undefined}
      title={problem?.remedy ?? name}
      className={clsx("flex max-w-[300px] min-w-0 items-center gap-2 rounded-s border py-1 pr-1 pl-2 text-s [&_svg]:size-3.5 [&_svg]:shrink-0", problem ? "border-transparent bg-warn-soft" : "border-line bg-bg")}
    >
      <span className="text-ink-2">{icon}</span>
      <span className="grid min-w-0">
        <b className="truncate font-medium">{name}</b>
        <small className={clsx("num text-xs", problem ? "text-ink" : "truncate text-ink-2")}>{problem ? withoutName(problem.message, name) : note}</small>
      </span>
      <button type="button" aria-label={t("compose.removeFile", { name })} onClick={onRemove} className="grid size-6 shrink-0 place-items-center rounded-[5px] text-ink-2 hover:bg-hover hover:text-ink">
        <X />
      </button>
    </li>
  );
}
