/** Icons that scripts draw; the pages bring all others. */
import arrowRight from "lucide-static/icons/arrow-right.svg";
import chevronDown from "lucide-static/icons/chevron-down.svg";
import circleAlert from "lucide-static/icons/circle-alert.svg";
import copy from "lucide-static/icons/copy.svg";
import cornerDownLeft from "lucide-static/icons/corner-down-left.svg";
import fileText from "lucide-static/icons/file-text.svg";
import plus from "lucide-static/icons/plus.svg";
import search from "lucide-static/icons/search.svg";
import sunMoon from "lucide-static/icons/sun-moon.svg";
import logOut from "lucide-static/icons/log-out.svg";
import x from "lucide-static/icons/x.svg";

const SOURCES = {
  arrowRight,
  chevronDown,
  circleAlert,
  copy,
  cornerDownLeft,
  fileText,
  plus,
  search,
  sunMoon,
  logOut,
  x,
};

/** Name of an icon. */
export type IconName = keyof typeof SOURCES;

/** Returns the element of an icon. */
export function icon(name: IconName): SVGSVGElement {
  const parsed = new DOMParser().parseFromString(SOURCES[name], "image/svg+xml");
  const svg = document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement;
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
