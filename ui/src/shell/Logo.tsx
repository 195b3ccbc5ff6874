// Our own icon, the same file the desktop shows.
import icon from "../../../icons/nexdesk.svg";

export function Logo({ size }: { size: number }) {
  return <img src={icon} alt="" width={size} height={size} draggable={false} className="shrink-0" />;
}
