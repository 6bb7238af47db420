// Putting tasks and other things in place through the API.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { machineTime } from "./program.mjs";

/** Calls of the API for a new user with that role. */
export function api(running, role = "coordinator") {
  const token = running.token(role);
  return async (method, path, body) => {
    const answer = await fetch(`${running.address}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}

export function newTask(client, members) {
  return client("POST", "tasks", members);
}

/** Milliseconds after which something that was to come about did not. */
const PATIENCE = 30_000;

/** Reads until what is read is wanted or patience ends, and answers with the last. */
export async function readUntil(read, isWanted) {
  const end = machineTime() + PATIENCE;
  let found = await read();
  while (!isWanted(found) && machineTime() < end) {
    await pause(25);
    found = await read();
  }
  return found;
}

/** Reads until what is read is as wanted, and fails with the difference if that does not come about. */
export async function becomes(read, wanted, why) {
  const found = await readUntil(read, (found) => isDeepStrictEqual(found, wanted));
  assert.deepEqual(found, wanted, why);
}

/** Reads until the text that is read matches, and fails with it if that does not come about. */
export async function matches(read, wanted, why) {
  const found = await readUntil(read, (found) => wanted.test(found ?? ""));
  assert.match(found ?? "", wanted, why);
}

/** Waits until the page has so many of these elements; `why` says what that shows. */
export function hasCount(locator, wanted, why) {
  return becomes(() => locator.count(), wanted, why);
}
