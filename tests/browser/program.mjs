// Starts the program and a browser for one test file, and ends both with it.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { chromium } from "playwright-core";

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run these tests through scripts/test browser`);
  return value;
}

/** Starts `obcms serve` on a free port with an empty data directory; gives its address. */
export async function startProgram() {
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
  after(async () => {
    program.kill("SIGKILL");
    await ended;
    await rm(data, { recursive: true, force: true });
  });

  const lines = createInterface({ input: program.stderr });
  const seen = [];
  return await new Promise((resolve, reject) => {
    // Reading goes on after the address is known, so that the program never waits for a full pipe.
    lines.on("line", (line) => {
      const address = /answering requests on (http:\/\/[0-9.:]+)/.exec(line);
      if (address) resolve(address[1]);
      else seen.push(line);
    });
    program.once("error", reject);
    program.once("close", (code) =>
      reject(new Error(`the program ended with ${code}: ${seen.join("\n")}`)),
    );
  });
}

/** Starts Chromium; every test opens its own context in it. */
export async function startBrowser() {
  const browser = await chromium.launch({
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
  after(() => browser.close());
  return browser;
}
