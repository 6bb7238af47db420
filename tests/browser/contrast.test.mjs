// Contrast of text on the main screens: on a phone in both themes, at a desk in the dark one. The other tests look at it at
// a desk in the light one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertContrast } from "./axe.mjs";
import { ownId } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api } from "./work.mjs";

const running = runningProgram();

test("text stands out from its ground in both themes", async () => {
  const page = await running.signedIn("admin", { viewport: { width: 390, height: 844 } });
  const client = api(running, "admin");
  const me = await ownId(page);
  const ppa = await client("POST", "ppas", { title: "Water system", category: "moa_ppa", start_date: day(1), manager: me });
  const event = await client("POST", "events", { title: "Harvest meeting", start: `${day(0)}T14:00:00+08:00`, end: `${day(0)}T15:00:00+08:00`, participants: [me] });
  const origin = { kind: "ppa", id: ppa.id };
  const tasks = [
    { title: "Late and urgent", due_date: day(-3), priority: "critical" },
    { title: "Begun", due_date: day(1), priority: "high", status: "in_progress", progress: 40, description: "With **words**." },
    { title: "Done", due_date: day(-1), priority: "low", status: "completed" },
    { title: "Called off", due_date: day(2), status: "cancelled" },
  ];
  const made = [];
  for (const task of tasks) made.push(await client("POST", "tasks", { ...task, assignees: [me], origin }));
  await client("POST", "resources", { name: "Hall", resource_type: "room" });
  const screens = [
    "/", "/tasks", `/tasks/${made[1].id}`, "/tasks/new", "/tasks/gantt", "/tasks/workload", "/board", "/ppas",
    `/ppas/${ppa.id}`, `/ppas/${ppa.id}?tab=money`, "/needs", "/projects", "/projects/board", "/approvals", "/portfolio",
    "/monitoring", "/alerts", "/reports", "/bookings", `/events/${event.id}`, "/calendar?view=month",
    "/calendar?view=week", "/calendar?view=agenda", "/calendar?view=people", "/search?q=water", "/me",
  ];
  for (const path of screens) {
    for (const [colorScheme, width] of [["light", 390], ["dark", 390], ["dark", 1280]]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      // Which layout a page of the calendar has is decided when it is opened.
      if (colorScheme === "light" || (width > 390 && path.startsWith("/calendar")))
        assert.equal((await page.goto(path)).status(), 200, path);
      if (path.startsWith("/calendar")) await page.locator("[data-entry], [data-month-day]").first().waitFor();
      await assertContrast(page, `${path}, ${colorScheme}, ${width} pixels`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.context().close();
});
