// Reporter of node:test: result and file of each test, for the counts of scripts/lib/count.sh.

export default async function* endings(events) {
  for await (const { type, data } of events) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite") continue;
    const isLeftOut = data.skip !== undefined || data.todo !== undefined;
    const ending = isLeftOut ? "skipped" : type === "test:pass" ? "passed" : "failed";
    yield `${ending}\t${data.file}\n`;
  }
}
