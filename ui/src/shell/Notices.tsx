// What a person should know that outlives a toast, over every panel until it is put away.
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Notice, Status } from "../bindings";
import { useHost } from "../host/context";
import { useQueryClient } from "@tanstack/react-query";
import { keys } from "../host/queries";
import { inWords } from "../parts/problem";
import { IconButton } from "../primitives/Button";
import { Dot } from "../primitives/Pill";

export function Notices({ notices }: { notices: Notice[] }) {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  function dismiss(id: string) {
    client.setQueryData<Status>(keys.status, (status) => status && { ...status, notices: status.notices.filter((one) => one.id !== id) });
    void host.dismissNotice(id);
  }
  return notices.map(({ id, problem }) => (
    <div key={id} role="status" data-testid="notice" className="flex items-center gap-2.5 border-b border-line bg-warn-soft py-1.5 pr-2 pl-5 text-s">
      <Dot tone="warn" />
      <p className="selectable min-w-0 flex-1 [overflow-wrap:anywhere]">
        <b className="font-medium">{inWords(problem).message}</b> {inWords(problem).remedy ? <span className="text-ink-2">{inWords(problem).remedy}</span> : null}
      </p>
      <IconButton label={t("common.dismiss")} onClick={() => dismiss(id)} className="h-6! w-6!">
        <X />
      </IconButton>
    </div>
  ));
}
