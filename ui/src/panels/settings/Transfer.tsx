// Chats from other apps: the file is read first and what it would bring is told; only then is anything written.
import { FileUp, FolderUp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueryClient } from "@tanstack/react-query";
import { useHost } from "../../host/context";
import { asProblem } from "../../host/problem";
import { keys } from "../../host/queries";
import type { ImportReport, Problem } from "../../bindings";
import { inWords } from "../../parts/problem";
import { Button } from "../../primitives/Button";
import { Callout } from "../../primitives/Callout";
import { count, useLocale } from "../../primitives/format";
import { Card } from "../../primitives/Table";
import { Page } from "./Page";

type Step = { kind: "none" } | { kind: "reading"; path: string } | { kind: "read"; path: string; report: ImportReport } | { kind: "writing"; path: string } | { kind: "done"; report: ImportReport } | { kind: "failed"; problem: Problem };

export function Transfer() {
  const { t } = useTranslation();
  const host = useHost();
  const client = useQueryClient();
  const [step, setStep] = useState<Step>({ kind: "none" });
  const failed = (thrown: unknown) => setStep({ kind: "failed", problem: asProblem(thrown) });

  async function read(folder: boolean) {
    try {
      const path = await host.chooseImport(folder);
      if (path === null) return;
      setStep({ kind: "reading", path });
      setStep({ kind: "read", path, report: await host.readImport(path) });
    } catch (thrown) {
      failed(thrown);
    }
  }
  async function write(path: string) {
    setStep({ kind: "writing", path });
    try {
      setStep({ kind: "done", report: await host.runImport(path) });
    } catch (thrown) {
      failed(thrown);
    }
    await Promise.all([client.invalidateQueries({ queryKey: keys.conversations }), client.invalidateQueries({ queryKey: keys.folders })]);
  }
  const busy = step.kind === "reading" || step.kind === "writing";
  return (
    <Page title={t("prefs.transfer")}>
      <Card title={t("transfer.import")} note="ChatGPT · Claude · Cherry Studio · Chatbox · Jan · Open WebUI · LibreChat · Nexdesk">
        <div className="grid gap-3 p-4">
          <p className="text-ink-2">{t("transfer.importText")}</p>
          <div className="flex items-center gap-2">
            <Button data-testid="choose-import" disabled={busy} onClick={() => void read(false)}>
              <FileUp />
              {t("transfer.choose")}
            </Button>
            <Button look="ghost" data-testid="choose-import-folder" disabled={busy} onClick={() => void read(true)} title={t("transfer.folderNote")}>
              <FolderUp />
              {t("transfer.chooseFolder")}
            </Button>
            {step.kind === "reading" ? <p role="status" className="text-s text-ink-2">{t("transfer.reading")}</p> : null}
          </div>
          {step.kind === "failed" ? <Callout tone="bad" role="alert" title={inWords(step.problem).message} text={inWords(step.problem).remedy} /> : null}
          {step.kind === "read" ? <Report report={step.report} path={step.path} onWrite={() => void write(step.path)} onLeave={() => setStep({ kind: "none" })} /> : null}
          {step.kind === "writing" ? <p role="status">{t("transfer.writing")}</p> : null}
          {step.kind === "done" ? <Callout tone="ok" role="status" testid="import-done" title={t("transfer.done", { count: step.report.conversations })} text={t("transfer.doneText")} /> : null}
        </div>
      </Card>
      <Card title={t("transfer.export")}>
        <p className="p-4 text-ink-2">{t("transfer.exportText")}</p>
      </Card>
    </Page>
  );
}

function Report({ report, path, onWrite, onLeave }: { report: ImportReport; path: string; onWrite: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const facts: [string, string][] = [
    [t("transfer.source"), report.source],
    [t("transfer.conversations"), count(report.conversations, locale)],
    [t("transfer.messages"), count(report.messages, locale)],
    [t("transfer.already"), count(report.already, locale)],
  ];
  return (
    <section data-testid="import-report" className="card overflow-hidden" aria-label={t("transfer.report")}>
      <p className="truncate border-b border-line px-3.5 py-2 text-s text-ink-2">
        <b className="font-medium text-ink">{t("transfer.report")}</b> · <code>{path}</code>
      </p>
      <dl className="num grid grid-cols-4 gap-3 px-3.5 py-3">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-s text-ink-2">{name}</dt>
            <dd className="text-l font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      {report.skipped.length ? (
        <details className="border-t border-line px-3.5 py-2 text-s" open={report.skipped.length <= 5}>
          <summary>{t("transfer.skipped", { count: report.skipped.length })}</summary>
          <ul className="mt-1.5 grid max-h-[180px] gap-1 overflow-y-auto">
            {report.skipped.map((one, index) => (
              <li key={index}>
                {one.what} <span className="text-ink-2">· {one.why}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <footer className="flex justify-end gap-2 border-t border-line px-3.5 py-2.5">
        <Button onClick={onLeave}>{t("common.cancel")}</Button>
        <Button look="primary" data-testid="run-import" disabled={!report.conversations} onClick={onWrite}>
          {report.conversations ? t("transfer.run", { count: report.conversations }) : t("transfer.nothingNew")}
        </Button>
      </footer>
    </section>
  );
}
