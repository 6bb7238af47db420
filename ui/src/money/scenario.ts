/** Amounts of a scenario: totals and bars that follow what is typed, and keys that move from row to row. */
import { parseMoney } from "../core/forms";
import { every, one } from "../core/page";
import { NUMBER_LOCALE, t } from "../core/words";
import { askAboutAmounts } from "./unsaved";

/** Amount of a row in centavos, with what it counts for. */
interface Row {
  sector: string;
  source: string;
  amount: number;
}

/** Starts the table of candidates. */
export function startScenario(): void {
  document.addEventListener("input", (event) => {
    if ((event.target as Element).closest("form[data-scenario]")) draw();
  });
  // After an update of the page the amounts that are typed count again.
  document.addEventListener("obcms:refreshed", draw);
  document.addEventListener("keydown", move);
  const rule = one<HTMLFormElement>(".rule-form");
  if (rule) askAboutAmounts(rule, new URL(rule.action).pathname.replace(/\/distribute$/, ""), "distribute");
  draw();
}

function rows(): Row[] {
  return every<HTMLTableRowElement>(".scenario-table tbody tr").map((row) => {
    const input = one<HTMLInputElement>("input[data-money]", row);
    const text = input ? input.value : (one("td:last-child .money", row)?.textContent ?? "");
    return {
      sector: row.dataset.sector ?? "",
      source: row.dataset.source ?? "",
      amount: Math.max(0, parseMoney(text.trim()) ?? 0),
    };
  });
}

function draw(): void {
  const all = rows();
  const sum = (sector: string, source: string): number =>
    all
      .filter((row) => (!sector || row.sector === sector) && (!source || row.source === source))
      .reduce((total, row) => total + row.amount, 0);
  const total = one("[data-total]");
  if (total) total.textContent = pesos(sum("", ""));
  const bars = every<HTMLTableRowElement>(".limit-bars tr");
  for (const bar of bars) {
    const { limit, committed, sector, source } = bar.dataset;
    drawBar(bar, Number(limit), Number(committed), sum(sector ?? "", source ?? ""));
  }
  // The first bar is the envelope.
  const envelope = bars[0]?.dataset;
  if (envelope) drawExcess(sum("", "") + Number(envelope.committed) - Number(envelope.limit));
}

/** Shows or hides the warning beside the button. */
function drawExcess(excess: number): void {
  const warning = one("[data-excess]");
  const amount = warning && one("strong", warning);
  if (!warning || !amount) return;
  const text = pesos(Math.max(0, excess));
  if (amount.textContent !== text) amount.textContent = text;
  warning.hidden = excess <= 0;
}

function drawBar(bar: HTMLTableRowElement, limit: number, committed: number, allocated: number): void {
  // All of a limit of zero is taken by any amount.
  const percent = (part: number): number => {
    if (limit > 0) return Math.min(100, (part / limit) * 100);
    return part > 0 ? 100 : 0;
  };
  const taken = percent(committed);
  const [before, own] = every("rect[data-series]", bar);
  before?.setAttribute("width", taken.toFixed(2));
  own?.setAttribute("x", taken.toFixed(2));
  own?.setAttribute("width", Math.min(100 - taken, percent(allocated)).toFixed(2));
  const used = committed + allocated;
  const text = one(".limit-text", bar);
  if (text) text.textContent = t("scenario.used", { used: pesos(used), limit: pesos(limit) });
  const over = one(".limit-over .badge", bar);
  if (over) over.textContent = t("scenario.over", { amount: pesos(Math.max(0, used - limit)) });
  bar.toggleAttribute("data-over", used > limit);
}

function pesos(centavos: number): string {
  const amount = (centavos / 100).toLocaleString(NUMBER_LOCALE, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return `₱${amount}`;
}

/** Enter and the arrows up and down move to the amount of the next or previous row. */
function move(event: KeyboardEvent): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.matches(".scenario-table input[data-money]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const inputs = every<HTMLInputElement>(".scenario-table input[data-money]");
  const next = inputs[inputs.indexOf(input) + step];
  next?.focus();
  next?.select();
}
