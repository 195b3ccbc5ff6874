// Every key that does something, by where it does it.
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { shortcuts, spelled } from "../parts/shortcuts/table";
import { Dialog } from "../primitives/Dialog";
import { Kbd, modifier } from "../primitives/Kbd";

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const table = useRef<HTMLDivElement>(null);
  return (
    <Dialog open onClose={onClose} title={t("shortcuts.title")} width={680} initialFocus={table}>
      <div ref={table} tabIndex={-1} data-testid="shortcuts" className="grid outline-none grid-cols-2 gap-x-8 gap-y-4">
        {(["window", "chat"] as const).map((group) => (
          <section key={group} className="grid content-start gap-0.5" aria-label={t(`shortcuts.group.${group}`)}>
            <h3 className="pb-1 text-xs font-semibold text-ink-2">{t(`shortcuts.group.${group}`)}</h3>
            {shortcuts
              .filter((one) => one.group === group)
              .map(({ command, keys }) => (
                <div key={command} className="flex min-h-[28px] items-center gap-2 text-s">
                  <span className="flex-1">{t(`shortcuts.${command}`)}</span>
                  {keys.map((one) => (
                    <Kbd key={one}>{spelled(one, modifier)}</Kbd>
                  ))}
                </div>
              ))}
          </section>
        ))}
      </div>
    </Dialog>
  );
}
