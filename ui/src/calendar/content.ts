/**
 * Content of entries in the grid. It is given to the grid as its own nodes: those that are drawn stay, so that a finger
 * that rests on one goes on holding it.
 */
import { createElement, type VNode } from "@fullcalendar/core/preact.js";

const part = (name: string, ...children: (VNode | string)[]): VNode =>
  createElement("div", { class: name }, ...children);

const title = (text: string, ...children: VNode[]): VNode =>
  createElement(
    "div",
    { class: "fc-event-title-container" },
    createElement("div", { class: "fc-event-title" }, text, ...children),
  );

/** Content of an entry among the hours: time, title, and place or resources. */
export function hoursContent(text: string, time: string, place: string): VNode {
  const small = place ? [createElement("small", {}, place)] : [];
  return part("fc-event-main-frame", ...(time ? [part("fc-event-time", time)] : []), title(text, ...small));
}

/** Content of a timed entry that is drawn as a line: its first hour and its title. */
export function bandContent(text: string, time: string): VNode {
  return part("fc-event-main-frame", part("fc-event-time", time), title(text));
}

/** Content of the line for the rest of a day: its number, and the modules of the day as a bar. */
export function restContent(text: string, modules: [string, number][]): VNode {
  const parts = modules.map(([module, count]) =>
    createElement("i", { "data-module": module, style: { flexGrow: count } }),
  );
  const bar = createElement("span", { class: "more-bar", "aria-hidden": "true" }, ...parts);
  return part("fc-event-main-frame", createElement("span", {}, text), bar);
}
