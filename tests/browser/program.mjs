// The program and a browser for one test file.

import { spawn, spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

/**
 * The moment at which every test file starts, Wednesday, 2 December 2026, 10:00 in the office. The programs, the pages
 * and the tests count from here, whatever the clock of the machine says. OBCMS_TEST_MOMENT moves it, to see that no
 * test depends on it.
 */
const MOMENT = process.env.OBCMS_TEST_MOMENT || "2026-12-02T02:00:00Z";

/** Milliseconds from the time of the machine to that of the tests. */
const SHIFT = Date.parse(MOMENT) - Date.now();
if (!Number.isFinite(SHIFT))
  throw new Error(`OBCMS_TEST_MOMENT is not a time such as 2026-12-02T02:00:00Z: ${MOMENT}`);

/** Milliseconds of a day. */
const DAY = 86_400_000;
/** Milliseconds by which the office is ahead of UTC. */
const OFFICE = 8 * 3_600_000;

/** The flag by which the program counts from the moment of the tests. */
export const CLOCK = `--test-clock-shift=${SHIFT < 0 ? "-" : ""}PT${Math.abs(SHIFT) / 1000}S`;

/** The time of the tests in milliseconds; it goes on as that of the machine does. */
export function now() {
  return Date.now() + SHIFT;
}

/** The time of the machine in milliseconds: for patience, and for gestures, whose times the browser compares with it. */
export const machineTime = Date.now;

/** A date so many days from today, in the calendar of the office. */
export function day(days = 0) {
  return new Date(now() + OFFICE + days * DAY).toISOString().slice(0, 10);
}

/**
 * Moves the date of a page. Timers, animations and streams stay those of the browser: only who asks for the date sees
 * another one.
 */
function moveDate(shift) {
  const Machine = Date;
  globalThis.Date = class Date extends Machine {
    constructor(...given) {
      super(...(given.length === 0 ? [Machine.now() + shift] : given));
    }
    static now() {
      return Machine.now() + shift;
    }
  };
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests through scripts/test browser`);
  return value;
}

/** The password of every user that these tests make. */
export const PASSWORD = "river stone lamp";

/**
 * Call once at the top of a test file. Before its tests it starts the program, with a data directory of its own that
 * holds what every installation starts with, on a free port, and Chromium; after them it ends both. `flags` are
 * further ones for `obcms serve`. While tests run the answer has
 *
 * - `address` and `browser`; every test opens a page of its own,
 * - `setupLink`, at which the first administrator is made,
 * - `token(role)`: a token of a user with that role, the same for the whole file, for calls of the API that put things
 *   in place,
 * - `signedIn(role, options)`: an empty page of a new user with that role, signed in, in a browser context of its own;
 *   `options` are those of a context, such as `viewport`. Close it with `page.context().close()`, and not while the
 *   page is on its way to another: that may never end.
 */
export function runningProgram(flags = []) {
  const running = {};
  before(async () => {
    [running.program, running.browser] = await Promise.all([startProgram(flags), startBrowser()]);
    running.address = running.program.address;
    running.setupLink = running.program.setupLink();
  });
  after(async () => {
    await running.browser?.close();
    await running.program?.stop();
  });
  let count = 0;
  const newUser = (word, role = word) => {
    count += 1;
    const name = `${word}.${count}`.replaceAll("_", ".");
    running.program.run(["user", "add", name, "--role", role, "--password-stdin"], `${PASSWORD}\n`);
    return name;
  };
  const tokens = new Map();
  running.token = (role) => {
    if (!tokens.has(role)) {
      const made = running.program.run(["token", "create", "--user", newUser(`${role}_token`, role)]);
      tokens.set(role, made.trim());
    }
    return tokens.get(role);
  };
  running.signedIn = async (role, options = {}) => {
    const context = await running.browser.newContext({ baseURL: running.address, ...options });
    // The page for it has tests of its own; drawing it and Today each time would take a second.
    const form = { username: newUser(role), password: PASSWORD };
    const answer = await context.request.post("/login", { form, maxRedirects: 0 });
    if (answer.status() !== 303) throw new Error(`${form.username} is not let in: ${answer.status()}`);
    return context.newPage();
  };
  return running;
}

/** Signs in on the page for it, as a person does. */
export async function signIn(page, name, password = PASSWORD) {
  await page.goto("/login");
  await page.getByLabel("User name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
}

async function startProgram(flags) {
  const data = await mkdtemp(join(tmpdir(), "obcms-browser-"));
  // Prepared once for all files: writing all places takes seconds.
  await copyFile(join(required("OBCMS_PREPARED"), "obcms.db"), join(data, "obcms.db"));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("OBCMS_")),
  );
  const program = spawn(
    required("OBCMS_PROGRAM"),
    ["serve", "--listen", "127.0.0.1:0", "--data", data, "--log-format", "json", CLOCK, ...flags],
    { env: environment, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise((resolve) => program.once("close", resolve));
  const stop = async () => {
    program.kill("SIGKILL");
    await ended;
    await rm(data, { recursive: true, force: true });
  };

  // Runs a command beside the server, on the same data.
  const run = (given, input = "") => {
    const ended = spawnSync(required("OBCMS_PROGRAM"), [...given, "--data", data, CLOCK], {
      env: environment,
      input,
      encoding: "utf8",
    });
    if (ended.status !== 0) throw new Error(`${given.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  };

  // Read at once, so that the program never waits for a full pipe.
  const said = [];
  createInterface({ input: program.stdout }).on("line", (line) => said.push(line));
  const seen = [];
  const address = await new Promise((resolve, reject) => {
    // Reading goes on after the address is known.
    createInterface({ input: program.stderr }).on("line", (line) => {
      const found = /listening on (http:\/\/[0-9.:]+)/.exec(line);
      if (found) resolve(found[1]);
      seen.push(line);
    });
    program.once("error", reject);
    program.once("close", (code) =>
      reject(new Error(`the program ended with ${code}: ${seen.join("\n")}`)),
    );
  });
  const setupLink = () => /http:\S+\/setup\/[\w-]+/.exec(said.join("\n"))?.[0];
  return { address, setupLink, run, stop, log: seen };
}

async function startBrowser() {
  const browser = await chromium.launch({
    executablePath: required("OBCMS_CHROMIUM"),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      // Nothing is drawn by a graphics card, so that it needs no process.
      "--in-process-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  shareContext(browser);
  return browser;
}

/** Nothing fades in: colours and places are final when an element is there. */
const STILL = { reducedMotion: "reduce" };

/** Options that a context can be given anew. */
const CHANGEABLE = ["baseURL", "viewport"];

/**
 * Lets the tests of a browser share a context, one after the other: a page in a process that runs already and knows the
 * scripts takes a third of the time of a new one. Playwright empties the context and gives it again as it does for its own
 * test runner. A second one beside it, or one with other options, is new.
 */
function shareContext(browser) {
  const open = browser.newContext.bind(browser);
  const openShared = async (options) => {
    // Without a viewport it would keep the last one.
    const context = await browser._newContextForReuse({ viewport: { width: 1280, height: 720 }, ...options });
    const [kept] = context.pages();
    const newPage = context.newPage.bind(context);
    let isKept = kept !== undefined;
    context.newPage = async () => {
      if (!isKept) return newPage();
      isKept = false;
      return kept;
    };
    context.close = async () => {
      for (const page of context.pages()) await page.goto("about:blank").catch(() => undefined);
      await browser._disconnectFromReusedContext("the test is over");
      isShared = false;
    };
    return context;
  };
  let isShared = false;
  // A page of its own context comes through here as well.
  browser.newContext = async (options = {}) => {
    const canShare = !isShared && Object.keys(options).every((name) => CHANGEABLE.includes(name));
    if (canShare) isShared = true;
    const context = await (canShare ? openShared : open)({ ...STILL, ...options });
    await context.addInitScript(moveDate, SHIFT);
    return context;
  };
}
