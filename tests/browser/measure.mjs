// Times of the calendar in a browser, on a filled database: how long until entries are seen, and how long the page was
// deaf. `scripts/bench` calls it: node measure.mjs PROGRAM DATA SIZE. Prints rows of a table.

import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program, data, size] = process.argv.slice(2);
const USER = "calendar.figures";
const PASSWORD = "river stone lamp at noon";
/** Visits of a page, after a first one that fills the caches. */
const VISITS = 7;
/** Entries of the full day. */
const FULL = 300;
/** Milliseconds in which a page does what it does after its entries are seen. */
const SETTLED = 800;

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OBCMS_")));
const common = ["--data", data];

function run(given, input) {
  const ended = spawnSync(program, [...given, ...common], { env: environment, input, encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`${given.join(" ")}: ${ended.stderr}`);
  return ended.stdout.trim();
}

/** Starts the server and resolves with its address. */
async function serve() {
  const server = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...common], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: server.stderr }).on("line", (line) => {
      const found = /listening on (http:\/\/[0-9.:]+)/.exec(line);
      if (found) resolve(found[1]);
    });
    server.once("error", reject);
    server.once("close", (code) => reject(new Error(`the program ended with ${code}`)));
  });
  return { server, address };
}

/** Notes when the first entry is drawn, and how long each task of the page took. */
function watch() {
  globalThis.figures = { seen: 0, longest: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries())
      globalThis.figures.longest = Math.max(globalThis.figures.longest, duration);
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    if (document.querySelector(".calendar-grid [data-entry], .calendar-grid .entry-count"))
      globalThis.figures.seen = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Visits a page and returns the medians, and the bytes of its entries. */
async function visit(page, address) {
  const found = [];
  for (let time = 0; time <= VISITS; time += 1) {
    let bytes = 0;
    const add = async (answer) => {
      if (answer.url().includes("/api/v1/calendar?")) bytes += (await answer.body().catch(() => "")).length;
    };
    page.on("response", add);
    await page.goto(address);
    await page.waitForFunction(() => globalThis.figures.seen > 0);
    await page.waitForTimeout(SETTLED);
    page.off("response", add);
    const figures = await page.evaluate(() => ({
      ...globalThis.figures,
      elements: document.querySelectorAll("*").length,
    }));
    if (time > 0) found.push({ ...figures, bytes });
  }
  const of = (name) => Math.round(median(found.map((figures) => figures[name])));
  return { seen: of("seen"), longest: of("longest"), elements: of("elements"), bytes: of("bytes") };
}

run(["user", "add", USER, "--role", "coordinator", "--password-stdin"], `${PASSWORD}\n`);
const token = run(["token", "create", "--user", USER]);
const { server, address } = await serve();
const browser = await chromium.launch({
  executablePath: process.env.OBCMS_CHROMIUM || undefined,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const call = async (path, body) => {
    const answer = await fetch(`${address}/api/v1/${path}`, {
      method: body ? "POST" : "GET",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  // A day far ahead with nothing but these: a hundred events, the rest tasks.
  const day = "2031-03-12";
  for (let number = 0; number < FULL; number += 1) {
    const hour = String(8 + (number % 9)).padStart(2, "0");
    if (number % 3 === 0)
      await call("events", { title: `Meeting ${number}`, start: `${day}T${hour}:00:00+08:00` });
    else await call("tasks", { title: `Task ${number}`, due_date: day });
  }
  // The densest month is the one that is being worked on.
  const today = new Date().toISOString().slice(0, 10);
  const pages = [
    ["calendar, month", `/calendar?view=month&date=${today}`],
    ["calendar, week", `/calendar?view=week&date=${today}`],
    [`calendar, day of ${FULL} entries`, `/calendar?view=day&date=${day}`],
  ];
  console.log(
    `### ${size} data in the browser\n\n` +
      "| page | entries seen, ms | longest task, ms | elements | bytes of entries |\n|---|---:|---:|---:|---:|",
  );
  for (const [name, width] of [
    ["1280 px", 1280],
    ["390 px", 390],
  ]) {
    const context = await browser.newContext({ baseURL: address, viewport: { width, height: 844 } });
    await context.addInitScript(watch);
    const form = { username: USER, password: PASSWORD };
    const signedIn = await context.request.post("/login", { form, maxRedirects: 0 });
    if (signedIn.status() !== 303) throw new Error(`not signed in: ${signedIn.status()}`);
    const page = await context.newPage();
    for (const [label, path] of pages) {
      const { seen, longest, elements, bytes } = await visit(page, path);
      console.log(`| ${label}, ${name} | ${seen} | ${longest || "< 50"} | ${elements} | ${bytes} |`);
    }
    await context.close();
  }
} finally {
  await browser.close();
  server.kill("SIGTERM");
}
