// The keys of one gateway: names and last four characters, never more.
import { useMutation } from "@tanstack/react-query";
import { Ellipsis, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Gateway, Key } from "../../bindings";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { useStatus } from "../../host/queries";
import { inWords } from "../../parts/problem";
import { Button, IconButton } from "../../primitives/Button";
import { ConfirmDialog } from "../../primitives/Dialog";
import { Menu } from "../../primitives/Menu";
import { Pill } from "../../primitives/Pill";
import { Card, Table, Td, Th } from "../../primitives/Table";
import { TimeAgo } from "../../primitives/TimeAgo";
import { tellProblem } from "../../primitives/toast";
import { keyTone } from "./states";

export function KeysCard({ gateway, onAdd }: { gateway: Gateway; onAdd: () => void }) {
  const { t } = useTranslation();
  const host = useHost();
  const vault = useStatus()?.vault.state;
  const [leaving, setLeaving] = useState<Key | null>(null);
  const remove = useMutation({ mutationFn: (id: string) => host.removeKey(id), onError: (thrown) => tellProblem(inWords(asProblem(thrown))) });
  const note = vault === "keychain" ? t("keys.inKeychain") : vault === "file" ? t("keys.inFile") : null;
  return (
    <Card title={t("keys.keys")} note={note}>
      {gateway.keys.length ? (
        <Table>
          <thead>
            <tr>
              <Th>{t("keys.name")}</Th>
              <Th>{t("keys.key")}</Th>
              <Th>{t("keys.state")}</Th>
              <Th>{t("keys.lastUsed")}</Th>
              <Th />
            </tr>
          </thead>
          <tbody>
            {gateway.keys.map((key) => (
              <tr key={key.id} data-testid="key-row" className="hover:bg-hover">
                <Td>{key.name}</Td>
                <Td>
                  <code>…{key.lastFour}</code>
                </Td>
                <Td>
                  <Pill tone={keyTone[key.state]}>{t(`keys.keyState.${key.state}`)}</Pill>
                </Td>
                <Td>{key.lastUsedAt === null ? t("keys.never") : <TimeAgo at={key.lastUsedAt} />}</Td>
                <Td right>
                  <Menu
                    trigger={
                      <IconButton label={t("common.more")} className="-my-1.5">
                        <Ellipsis />
                      </IconButton>
                    }
                    actions={[{ label: t("keys.removeKey"), icon: <Trash2 />, danger: true, onPick: () => setLeaving(key) }]}
                  />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      ) : (
        <div className="flex items-center gap-3 px-3.5 py-3.5 text-ink-2">
          <span className="flex-1">{t("keys.noKeys", { name: gateway.name })}</span>
          <Button onClick={onAdd}>{t("keys.addKey")}</Button>
        </div>
      )}
      <ConfirmDialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={t("keys.removeKeyTitle", { name: leaving?.name ?? "" })}
        description={t("keys.removeKeyText", { gateway: gateway.name })}
        action={t("keys.removeKey")}
        onConfirm={() => leaving && remove.mutate(leaving.id)}
      />
    </Card>
  );
}
