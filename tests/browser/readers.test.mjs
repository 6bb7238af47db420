// Hard series in ten zones, as ical.js and node-ical expand our export.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import nodeIcal from "node-ical";
import { calendarFile, expanded, isWithin, own, read } from "./ical.mjs";
import { runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

/**
 * What a reader does otherwise, each against RFC 5545. The package of the other tests, recurring-ical-events, has all of
 * these dates right.
 */
const FAULTS = {
  "ical.js": {
    // Section 3.3.5: a time that is missing counts by the offset before, one that is twice is the first.
    "every night at half past two, also where that time is missing or twice": "ambiguous times",
    "second Sunday of March and first of November": "ambiguous times",
    // Section 3.8.5.3: all dates of a series last exactly as long, whatever the clocks do.
    "31st of the month, from midnight to midnight": "lengths over a change of the clocks",
    "Monday of weeks 20 and 44": "weeks of the year",
    "weekly with further dates, one at the time of another": "ambiguous times, dates given twice",
  },
  "node-ical": {
    "every night at half past two, also where that time is missing or twice":
      "an hour late in all of summer, after a date whose time is missing",
    "weekly with further dates, one at the time of another": "RDATE",
  },
};

/** Every second pair of a series and a zone, as the tests of the API make them. */
async function madeSeries(client) {
  const { zones, series } = JSON.parse(
    await readFile(new URL("../readers/series.json", import.meta.url)),
  );
  const pairs = series.flatMap((one, row) =>
    zones.filter((_, column) => (row + column) % 2 === 0).map((zone) => [one, zone]),
  );
  for (const [{ title, moved = {}, cancelled = [], over_change_of_clocks: _, ...members }, timezone] of pairs) {
    const body = { title: `${title} (${timezone})`, timezone, ...members };
    const { id } = await client("POST", "events", body);
    const occurrence = (name) => `events/${id}/occurrences/${name}?scope=this`;
    for (const [name, [start, end]] of Object.entries(moved))
      await client("PATCH", occurrence(name), { start, end });
    for (const name of cancelled) await client("DELETE", occurrence(name));
  }
  return pairs.length;
}

/** Dates by title, each as start and end, in order. */
function byTitle(dates) {
  const found = {};
  for (const { title, start, end } of dates.filter(isWithin)) (found[title] ??= []).push(`${start} – ${end}`);
  for (const list of Object.values(found)) list.sort();
  return found;
}

const ofIcalJs = (text) => read(text).flatMap(expanded);

function ofNodeIcal(text) {
  const two = (number) => String(number).padStart(2, "0");
  const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const from = new Date("2026-12-01T00:00:00Z");
  const to = new Date("2028-02-01T00:00:00Z");
  return Object.values(nodeIcal.sync.parseICS(text))
    .filter((component) => component.type === "VEVENT")
    .flatMap((event) => nodeIcal.expandRecurringEvent(event, { from, to }))
    .map(({ summary, start, end, isFullDay }) => ({
      title: summary,
      start: isFullDay ? day(start) : start.toISOString(),
      end: isFullDay ? day(end) : end.toISOString(),
    }));
}

test("ical.js and node-ical expand sixty hard series in ten zones alike", async () => {
  const client = api(running);
  assert.equal(await madeSeries(client), 60);
  const events = "&modules=coordination";
  const text = await (await calendarFile(running, "coordinator", events)).text();
  const expected = byTitle(await own(client, null, events));
  assert.equal(Object.keys(expected).length, 60);
  for (const [name, datesOf] of Object.entries({ "ical.js": ofIcalJs, "node-ical": ofNodeIcal })) {
    const found = byTitle(datesOf(text));
    const wrong = new Set();
    for (const [title, dates] of Object.entries(expected)) {
      const series = title.slice(0, title.lastIndexOf(" ("));
      if (FAULTS[name][series]) {
        if (!isDeepStrictEqual(found[title], dates)) wrong.add(series);
      } else assert.deepEqual(found[title], dates, `${name}: ${title}`);
    }
    assert.deepEqual([...wrong].sort(), Object.keys(FAULTS[name]).sort(), `${name} is mended`);
  }
});
