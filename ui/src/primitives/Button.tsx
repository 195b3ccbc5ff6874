// The one button: plain, primary, ghost or danger; an icon alone needs a label.
import { clsx } from "clsx";
import type { ComponentProps } from "react";

type Look = "plain" | "primary" | "ghost" | "danger";
const looks: Record<Look, string> = {
  plain: "border-line bg-panel text-ink hover:bg-hover",
  primary: "border-transparent bg-accent text-accent-ink hover:brightness-110",
  ghost: "border-transparent bg-transparent text-ink-2 hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-bad-soft text-bad hover:brightness-95 dark:hover:brightness-125",
};

export function buttonClass(look: Look = "plain", square = false): string {
  return clsx(
    "inline-flex h-[30px] shrink-0 items-center justify-center gap-1.5 rounded-s border text-s font-medium whitespace-nowrap select-none",
    "disabled:opacity-45 disabled:hover:brightness-100 [&_svg]:size-3.5",
    square ? "w-[30px]" : "px-[11px]",
    looks[look],
  );
}

type Props = ComponentProps<"button"> & { look?: Look; square?: boolean };

export function Button({ look, square, className, type = "button", ...rest }: Props) {
  return <button type={type} className={clsx(buttonClass(look, square), className)} {...rest} />;
}

export function IconButton({ label, look = "ghost", ...rest }: Props & { label: string }) {
  return <Button look={look} square aria-label={label} title={label} {...rest} />;
}
