// The MCP servers: what runs, what failed, which of their tools may be called, and three ways to add one.
import { ClipboardPaste, Globe, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useServers } from "../../../host/queries";
import type { McpOffer, McpServer } from "../../../bindings";
import { Button } from "../../../primitives/Button";
import { Empty } from "../../../primitives/Empty";
import { Page } from "../Page";
import { Catalogue } from "./Catalogue";
import { PasteServers } from "./PasteServers";
import { ServerCard } from "./ServerCard";
import { ServerForm } from "./ServerForm";

type Open = { kind: "form"; from: McpServer | McpOffer | null } | { kind: "paste" } | null;

export function Tools() {
  const { t } = useTranslation();
  const servers = useServers();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const adding = (
    <>
      <Button data-testid="paste-servers" onClick={() => setOpen({ kind: "paste" })}>
        <ClipboardPaste />
        {t("tools.paste")}
      </Button>
      <Button look="primary" data-testid="add-server" onClick={() => setOpen({ kind: "form", from: null })}>
        <Plus />
        {t("tools.add")}
      </Button>
    </>
  );
  return (
    <Page title={t("prefs.tools")} actions={servers?.length ? adding : null}>
      {servers?.length === 0 ? (
        <Empty title={t("tools.empty")} text={t("tools.emptyText")}>
          <div className="flex gap-2">{adding}</div>
        </Empty>
      ) : null}
      {servers?.map((server) => <ServerCard key={server.id} server={server} onEdit={() => setOpen({ kind: "form", from: server })} />)}
      <Catalogue icon={<Globe />} onAdd={(offer) => setOpen({ kind: "form", from: offer })} />
      {open?.kind === "form" ? <ServerForm from={open.from} onClose={close} /> : null}
      {open?.kind === "paste" ? <PasteServers onClose={close} /> : null}
    </Page>
  );
}
