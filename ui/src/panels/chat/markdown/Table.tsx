// A table in an answer: it scrolls sideways by itself, and goes into a spreadsheet as it stands.
import { useRef } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCopy } from "../../../primitives/useCopy";
import { asCsv, asTsv } from "./cells";

export function Table({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const [tsv, copyTsv] = useCopy();
  const [csv, copyCsv] = useCopy();
  const cells = () => [...(table.current?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent ?? ""));
  return (
    <figure className="table-block" data-testid="table">
      <div className="table-frame" tabIndex={0} role="region" aria-label={t("answer.table.name")}>
        <table ref={table}>{children}</table>
      </div>
      <figcaption className="table-actions">
        <button type="button" onClick={() => copyTsv(asTsv(cells()))} aria-label={t("answer.table.tsv")}>
          {tsv ? t("common.copied") : t("common.copy")}
        </button>
        <span aria-hidden>·</span>
        <button type="button" onClick={() => copyCsv(asCsv(cells()))} aria-label={t("answer.table.csv")}>
          {csv ? t("common.copied") : "CSV"}
        </button>
      </figcaption>
    </figure>
  );
}
