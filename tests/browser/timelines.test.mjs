// The timelines: bars that go to other rows and other hours, by mouse, keyboard and finger, and what is refused there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "./axe.mjs";
import { boxOf, hold, middleOf, openLive } from "./people.mjs";
import { day, runningProgram } from "./program.mjs";
import { api, becomes as reaches, hasCount, matches } from "./work.mjs";

const running = runningProgram();
const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

let known;
const client = (...given) => (known ??= api(running))(...given);

/** Waits until the record is as wanted. */
function becomes(path, wanted) {
  return reaches(async () => {
    const record = await client("GET", path);
    return Object.fromEntries(Object.keys(wanted).map((name) => [name, record[name]]));
  }, wanted);
}

/** A team of people with these names, for a timeline of nobody else. */
async function team(names) {
  const admin = api(running, "admin");
  const people = [];
  for (const name of names) {
    const username = name.toLowerCase().replaceAll(" ", ".");
    people.push(await admin("POST", "users", { username, full_name: name, roles: ["staff"] }));
  }
  const made = await client("POST", "teams", { name: names.join(" and "), members: people.map(({ id }) => id) });
  return { id: made.id, people };
}

const bar = (page, row, title) =>
  page.locator(".timeline-row", { hasText: row }).locator(".timeline-bar", { hasText: title });
const track = (page, row) => page.locator(".timeline-row", { hasText: row }).locator(".timeline-track");

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

test("bar moves to another person by mouse and keyboard, and back by Undo", async () => {
  const { id, people } = await team(["Anna Row", "Ben Row", "Cora Row"]);
  const [anna, ben, cora] = people.map((person) => person.id);
  const task = await client("POST", "tasks", { title: "Hand me on", due_date: day(3), assignees: [anna, cora] });
  const path = `tasks/${task.id}`;
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(`/calendar?view=people&span=fortnight&date=${day(2)}&team=${id}`);
  const held = bar(page, "Anna Row", "Hand me on");
  await held.waitFor();
  const from = await middleOf(held);
  const over = await middleOf(track(page, "Ben Row"));
  await drag(page, from, { x: from.x, y: over.y });
  // Other people of the entry stay.
  await becomes(path, { assignees: [ben, cora], due_date: day(3) });
  await bar(page, "Ben Row", "Hand me on").waitFor();
  await page.getByText("Moved “Hand me on” to Ben Row").waitFor();
  await assertAccessible(page);

  await bar(page, "Ben Row", "Hand me on").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await matches(() => page.locator("#announcements").textContent(), /^Anna Row, /);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await becomes(path, { assignees: [anna, cora], due_date: day(4) });
  await page.waitForFunction(() => document.querySelector("#announcements").textContent.startsWith("Dropped for Anna Row"));
  // The hand stays on it, in its new row.
  assert.ok(await page.evaluate(() => document.activeElement.closest("[aria-label='Anna Row']") !== null));
  await page.keyboard.press("u");
  await becomes(path, { assignees: [ben, cora], due_date: day(3) });

  // Escape puts it back.
  await bar(page, "Ben Row", "Hand me on").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Escape");
  assert.equal(await bar(page, "Ben Row", "Hand me on").evaluate((element) => element.style.transform), "");
  await becomes(path, { assignees: [ben, cora] });
  await page.context().close();
});

test("date of a PPA stays in its row", async () => {
  const { id, people } = await team(["Dina Row", "Emil Row"]);
  await client("POST", "ppas", {
    title: "Wells",
    category: "moa_ppa",
    start_date: day(3),
    manager: people[0].id,
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(`/calendar?view=people&span=fortnight&date=${day(2)}&team=${id}`);
  await bar(page, "Dina Row", "Start: Wells").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await reaches(() => page.locator("#announcements").textContent(), "You cannot move it to another row.");
  await page.keyboard.press("Escape");
  await page.context().close();
});

test("bar is resized in the day by mouse and keyboard", async () => {
  const { id, people } = await team(["Fina Row"]);
  const event = await client("POST", "events", {
    title: "Pull me",
    start: `${day(3)}T09:00:00+08:00`,
    end: `${day(3)}T11:00:00+08:00`,
    participants: [people[0].id],
  });
  const path = `events/${event.id}`;
  const at = (time) => `${day(3)}T${time}:00+08:00`;
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(`/calendar?view=people&span=day&date=${day(3)}&team=${id}`);
  const held = bar(page, "Fina Row", "Pull me");
  await held.waitFor();
  const hour = (await boxOf(track(page, "Fina Row"))).width / 24;
  let box = await boxOf(held);
  const y = box.y + box.height / 2;
  // No second change begins before the first one is shown: it would start from the old hours.
  const entry = encodeURIComponent(await held.getAttribute("data-entry"));
  const answer = await hold(page, `/api/v1/calendar/entries/${entry}`);
  await drag(page, { x: box.x + box.width - 3, y }, { x: box.x + box.width - 3 + hour, y });
  await held.focus();
  await page.keyboard.press("Space");
  await reaches(() => page.locator("#announcements").textContent(), "The last change is still being saved.");
  answer();
  await becomes(path, { start: at("09:00"), end: at("12:00") });
  const isShown = () => hasCount(page.locator("[data-saving]"), 0);
  await isShown();
  box = await boxOf(held);
  assert.ok(Math.abs(box.width - hour * 3) < 8, `${box.width} for three hours of ${hour}`);
  await drag(page, { x: box.x + 3, y }, { x: box.x + 3 - hour / 2, y });
  await becomes(path, { start: at("08:30"), end: at("12:00") });
  await isShown();
  await held.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowLeft");
  await matches(() => page.locator("#announcements").textContent(), /11:30/);
  await page.keyboard.press("Enter");
  await becomes(path, { start: at("08:30"), end: at("11:30") });
  await page.context().close();
});

test("booking moves to another room, and a conflict offers alternatives", async () => {
  const room = (name, more) => client("POST", "resources", { name, resource_type: "room", ...more });
  const [first, second, third] = [
    await room("Alder room"),
    await room("Birch room", { seats: 12 }),
    await room("Cedar room", { seats: 14 }),
  ];
  const book = (resource, purpose) =>
    client("POST", "bookings", {
      resource: resource.id,
      purpose,
      start: `${day(4)}T09:00:00+08:00`,
      end: `${day(4)}T11:00:00+08:00`,
    });
  const booking = await book(first, "Ours");
  await book(second, "Theirs");
  const path = `bookings/${booking.id}`;
  const page = await running.signedIn("coordinator", DESK);
  const rooms = [first, second, third].map(({ id }) => id).join(",");
  await page.goto(`/calendar?view=resources&span=day&date=${day(4)}&resource=${rooms}`);
  await bar(page, "Alder room", "Ours").waitFor();
  await page.getByText("Room · seats 12").waitFor();
  const to = async (row) => {
    const from = await middleOf(page.locator(".timeline-bar", { hasText: "Ours" }));
    await drag(page, from, { x: from.x, y: (await middleOf(track(page, row))).y });
  };
  await to("Birch room");
  const dialog = page.getByRole("dialog", { name: "Birch room is already booked" });
  await dialog.getByRole("link", { name: "Theirs" }).waitFor();
  await assertAccessible(page);
  await hasCount(dialog.getByRole("button", { name: /^Alder room/ }), 0);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  // The refused bar returns once its question is answered.
  const returned = (element) => element.style.transform === "";
  await page.waitForFunction(returned, await bar(page, "Alder room", "Ours").elementHandle());
  await becomes(path, { resource: first.id });
  await to("Birch room");
  await dialog.getByRole("button", { name: "11:00 AM – 1:00 PM" }).first().click();
  await becomes(path, { resource: second.id, start: `${day(4)}T11:00:00+08:00` });
  await bar(page, "Birch room", "Ours").waitFor();
  await page.keyboard.press("u");
  await becomes(path, { resource: first.id, start: `${day(4)}T09:00:00+08:00` });
  await bar(page, "Alder room", "Ours").waitFor();
  await to("Birch room");
  await dialog.getByRole("button", { name: "Cedar room · seats 14" }).click();
  await becomes(path, { resource: third.id, start: `${day(4)}T09:00:00+08:00` });
  await page.context().close();
});

test("repeating event moves to another room with all occurrences", async () => {
  const room = (name) => client("POST", "resources", { name, resource_type: "room" });
  const [first, second] = [await room("Maple room"), await room("Willow room")];
  const times = { start: `${day(4)}T09:00:00+08:00`, end: `${day(4)}T11:00:00+08:00`, rrule: "FREQ=DAILY;COUNT=3" };
  const event = await client("POST", "events", { title: "Hearings", ...times });
  const booking = await client("POST", "bookings", {
    resource: first.id,
    origin: { kind: "event", id: event.id },
    ...times,
  });
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(`/calendar?view=resources&span=day&date=${day(4)}&resource=${first.id},${second.id}`);
  await bar(page, "Maple room", "Hearings").waitFor();
  const from = await middleOf(bar(page, "Maple room", "Hearings"));
  await drag(page, from, { x: from.x, y: (await middleOf(track(page, "Willow room"))).y });
  const dialog = page.getByRole("dialog", { name: "Assign “Hearings” to Willow room" });
  await dialog.getByRole("button", { name: "All occurrences" }).waitFor();
  await hasCount(dialog.getByRole("button", { name: "This occurrence" }), 0);
  await hasCount(dialog.getByRole("button", { name: "This and following occurrences" }), 0);
  await dialog.getByRole("button", { name: "All occurrences" }).click();
  await becomes(`bookings/${booking.id}`, { resource: second.id });
  await bar(page, "Willow room", "Hearings").waitFor();
  await page.keyboard.press("u");
  await becomes(`bookings/${booking.id}`, { resource: first.id });
  await bar(page, "Maple room", "Hearings").waitFor();
  await page.context().close();
});

test("of two who move a bar at once the second is told", async () => {
  const { id } = await client("POST", "resources", { name: "Cedar room", resource_type: "room" });
  const booking = await client("POST", "bookings", {
    resource: id,
    purpose: "Wanted by two",
    start: `${day(4)}T10:00:00+08:00`,
    end: `${day(4)}T11:00:00+08:00`,
  });
  const [one, two] = await Promise.all([running.signedIn("coordinator", DESK), running.signedIn("coordinator", DESK)]);
  for (const page of [one, two]) {
    await page.goto(`/calendar?view=resources&span=day&date=${day(4)}&resource=${id}`);
    await bar(page, "Cedar room", "Wanted by two").focus();
    const read = page.waitForResponse((answer) => answer.url().endsWith(`/api/v1/bookings/${booking.id}`));
    await page.keyboard.press("Space");
    await read;
  }
  await one.keyboard.press("ArrowRight");
  await one.keyboard.press("Enter");
  await becomes(`bookings/${booking.id}`, { start: `${day(4)}T10:30:00+08:00` });
  await two.keyboard.press("ArrowLeft");
  await two.keyboard.press("Enter");
  await two.locator(".toast", { hasText: "was changed by someone else meanwhile" }).waitFor();
  await becomes(`bookings/${booking.id}`, { start: `${day(4)}T10:30:00+08:00` });
  await Promise.all([one.context().close(), two.context().close()]);
});

test("long press drags a bar, a moving finger scrolls", async () => {
  const { id, people } = await team(["Gina Row", "Hana Row"]);
  const [gina, hana] = people.map((person) => person.id);
  const task = await client("POST", "tasks", { title: "Touch me", due_date: day(3), assignees: [gina] });
  const path = `tasks/${task.id}`;
  const page = await running.signedIn("coordinator", PHONE);
  await page.goto(`/calendar?view=people&span=week&date=${day(3)}&team=${id}`);
  const held = bar(page, "Gina Row", "Touch me");
  await held.waitFor();
  await held.scrollIntoViewIfNeeded();
  const session = await page.context().newCDPSession(page);
  const touch = (type, point) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints: point ? [point] : [] });
  let from = { x: 0, y: 0 };
  let over = from;
  const look = async () => {
    from = await middleOf(held);
    over = { x: from.x, y: (await middleOf(track(page, "Hana Row"))).y };
  };
  const between = (share) => ({ x: from.x, y: from.y + (over.y - from.y) * share });
  await look();
  // At once: it is no drag.
  // However slow the machine is, these arrive together.
  await Promise.all([
    touch("touchStart", from),
    ...[0.3, 0.6, 1].map((share) => touch("touchMove", between(share))),
    touch("touchEnd"),
  ]);
  await hasCount(page.locator("[data-lifted]"), 0);
  await becomes(path, { assignees: [gina] });
  // The moving finger may have scrolled the page.
  await look();
  await touch("touchStart", from);
  await page.locator(".timeline-bar[data-lifted]").waitFor();
  for (const share of [0.3, 0.6, 1]) await touch("touchMove", between(share));
  await page.locator(".timeline-track[data-over]").waitFor();
  await touch("touchEnd");
  await becomes(path, { assignees: [hana] });
  await bar(page, "Hana Row", "Touch me").waitFor();
  // A tap still shows what it is.
  await bar(page, "Hana Row", "Touch me").tap();
  await page.locator(".entry-card").getByRole("heading", { name: "Touch me" }).waitFor();
  await page.context().close();
});

/** A task on the Thursday of a week that the page shows from Monday on. */
async function onThursday(name, title) {
  const { id, people } = await team([name]);
  const task = await client("POST", "tasks", { title, due_date: "2033-06-16", assignees: [people[0].id] });
  const address = `/calendar?view=people&span=week&date=2033-06-15&team=${id}`;
  return { path: `tasks/${task.id}`, address, person: people[0].id };
}

const firstDay = (page, words) => page.locator(".timeline-unit").first().and(page.getByLabel(words)).waitFor();

test("dragging to the edge turns the page, and Escape returns", async () => {
  const { path, address } = await onThursday("Ines Row", "Take me further");
  const page = await running.signedIn("coordinator", DESK);
  await page.goto(address);
  const held = bar(page, "Ines Row", "Take me further");
  await held.waitFor();
  const take = async () => {
    const from = await middleOf(held);
    const { x, width } = await boxOf(track(page, "Ines Row"));
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y, { steps: 4 });
    return { y: from.y, column: (number) => x + (width / 7) * (number + 0.5), right: x + width - 3, left: x - 20 };
  };
  let hand = await take();
  await page.mouse.move(hand.right, hand.y, { steps: 4 });
  await firstDay(page, "Mon 20 Jun");
  // The held bar is under the pointer.
  await page.mouse.move(hand.column(2), hand.y, { steps: 4 });
  await page.locator(".timeline-bar[data-lifted]").waitFor();
  await page.mouse.up();
  await becomes(path, { due_date: "2033-06-22" });
  await page.getByText("Moved “Take me further” to Wed 22 Jun").waitFor();

  hand = await take();
  await page.mouse.move(hand.left, hand.y, { steps: 4 });
  await firstDay(page, "Mon 13 Jun");
  await page.keyboard.press("Escape");
  await firstDay(page, "Mon 20 Jun");
  await page.mouse.up();
  await page.locator(".timeline-bar[data-lifted]").waitFor({ state: "detached" });
  await held.waitFor();
  await hasCount(page.locator(".timeline-bar"), 1);
  await becomes(path, { due_date: "2033-06-22" });
  await page.context().close();
});

test("keyboard move continues on the next page", async () => {
  const { path, address, person } = await onThursday("Jana Row", "Walk me further");
  const page = await running.signedIn("coordinator", DESK);
  await openLive(page, address);
  const held = bar(page, "Jana Row", "Walk me further");
  await held.focus();
  await page.keyboard.press("Space");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowRight");
  await firstDay(page, "Mon 20 Jun");
  await page.locator(".timeline-bar[data-lifted]:focus").waitFor();
  // The bar is in the first column.
  const [own, row] = [await boxOf(held), await boxOf(track(page, "Jana Row"))];
  assert.ok(Math.abs(own.x - row.x) < 8, `${own.x} beside ${row.x}`);
  await page.keyboard.press("ArrowRight");
  await matches(() => page.locator("#announcements").textContent(), /Tue 21 Jun/);
  // What others change meanwhile is drawn once the move is saved: before, the bar would be on the page that it came from.
  const save = await hold(page, `/api/v1/${path}`);
  await page.evaluate(() => document.addEventListener("obcms:change", () => (globalThis.hasChanged = true)));
  await page.keyboard.press("Enter");
  await client("POST", "tasks", { title: "Meanwhile", due_date: "2033-06-22", assignees: [person] });
  await page.waitForFunction(() => globalThis.hasChanged);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 700)));
  await hasCount(bar(page, "Jana Row", "Walk me further"), 1, "the bar stays while it is saved");
  save();
  await becomes(path, { due_date: "2033-06-21" });
  await bar(page, "Jana Row", "Meanwhile").waitFor();
  await hasCount(page.locator("[data-saving]"), 0);
  await page.waitForFunction(() => document.activeElement.matches(".timeline-bar:not([data-lifted])"));
  await page.context().close();
});
