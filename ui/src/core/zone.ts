/**
 * Times in the zone of the office. The calendar uses wall times (2026-12-14T09:00:00, without a zone), the API
 * instants with an offset.
 */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** Returns the zone of the office. */
export function officeZone(): string {
  return document.body.dataset.timezone || "UTC";
}

/** Returns the wall time of an instant in a zone. */
export function wallTime(instant: Date, zone: string): string {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatFor(zone).formatToParts(instant)) parts[type] = value;
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
}

/** Returns the instant of a wall time, as RFC 3339 with the offset of the zone. */
export function withOffset(wall: string, zone: string): string {
  const plain = wall.slice(0, 19);
  const asUtc = Date.parse(`${plain}Z`);
  // The offset at a first guess decides; near a change of the clocks the second guess is the right one.
  let offset = offsetAt(asUtc, zone);
  offset = offsetAt(asUtc - offset, zone);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${plain}${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function offsetAt(instant: number, zone: string): number {
  return Date.parse(`${wallTime(new Date(instant), zone)}Z`) - instant;
}
