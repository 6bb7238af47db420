// The program and a browser for one test file.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests through scripts/test browser`);
  return value;
}

/**
 * Call once at the top of a test file. Before its tests it starts the program, with an empty data directory and on a
 * free port, and Chromium; after them it ends both. The answer has `address` and `browser` while tests run; every test
 * opens a page of its own.
 */
export function runningProgram() {
  const running = {};
  before(async () => {
    [running.program, running.browser] = await Promise.all([startProgram(), startBrowser()]);
    running.address = running.program.address;
  });
  after(async () => {
    await running.browser?.close();
    await running.program?.stop();
  });
  return running;
}

async function startProgram() {
  const data = await mkdtemp(join(tmpdir(), "obcms-browser-"));
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("OBCMS_")),
  );
  const program = spawn(
    required("OBCMS_PROGRAM"),
    ["serve", "--listen", "127.0.0.1:0", "--data", data, "--log-format", "json"],
    { env: environment, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise((resolve) => program.once("close", resolve));
  const stop = async () => {
    program.kill("SIGKILL");
    await ended;
    await rm(data, { recursive: true, force: true });
  };

  const seen = [];
  const address = await new Promise((resolve, reject) => {
    // Reading goes on after the address is known, so that the program never waits for a full pipe.
    createInterface({ input: program.stderr }).on("line", (line) => {
      const found = /answering requests on (http:\/\/[0-9.:]+)/.exec(line);
      if (found) resolve(found[1]);
      seen.push(line);
    });
    program.once("error", reject);
    program.once("close", (code) =>
      reject(new Error(`the program ended with ${code}: ${seen.join("\n")}`)),
    );
  });
  return { address, stop, log: seen };
}

function startBrowser() {
  return chromium.launch({
    executablePath: required("OBCMS_CHROMIUM"),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
