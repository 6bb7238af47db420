/** Clashes of an entry after it was created or moved: who or what is wanted twice, and by which other entry. */
import { formatTime } from "../core/days";
import type { Entry, Times } from "./entry";
import { callApi } from "../core/page";
import { wallTime, withOffset } from "../core/zone";
import { toast } from "../core/toast";
import { t } from "../core/words";
import { noteWrite } from "../core/writes";

interface Pair {
  reason: "person" | "resource" | "venue";
  entries: Entry[];
}

/** Shows a message with Undo, and with the first other entry that wants the same person or room at the time. */
export function toastWithClashes(
  message: string,
  record: string,
  times: Times,
  zone: string,
  undo: string | null | undefined,
): void {
  void noteWrite(withClashes(message, record, times, zone).then((text) => toast(text, { undo })));
}

async function withClashes(message: string, record: string, times: Times, zone: string): Promise<string> {
  // Conflicts are those of hours.
  if (times.allDay || times.end <= times.start) return message;
  const query = new URLSearchParams({
    start: withOffset(times.start, zone),
    end: withOffset(times.end, zone),
  });
  try {
    const { conflicts } = await callApi<{ conflicts: Pair[] }>("GET", `/api/v1/calendar/conflicts?${query}`);
    const others = new Map<string, Entry>();
    for (const { reason, entries } of conflicts) {
      if (reason === "venue" || !entries.some(({ source }) => source.id === record)) continue;
      for (const entry of entries) if (entry.source.id !== record) others.set(entry.id, entry);
    }
    const [first, ...rest] = others.values();
    if (!first) return message;
    const words = { message, title: first.title, time: formatTime(wallTime(new Date(first.start), zone)) };
    return rest.length > 0
      ? t("saved.overlaps_more", { ...words, count: rest.length })
      : t("saved.overlaps", words);
  } catch {
    // The change is saved, whatever else can be said of it.
    return message;
  }
}
