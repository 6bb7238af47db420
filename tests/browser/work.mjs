// Putting tasks and other things in place through the API.

import assert from "node:assert/strict";

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

/** The id of whoever is signed in on the page. */
export function ownId(page) {
  return page.evaluate(() => document.body.dataset.person);
}
