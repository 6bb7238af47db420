"""Reads a calendar from standard input with the packages icalendar and dateutil, and tells as JSON on which dates its
events fall within half a year: start, end and title, times in UTC."""

import json
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar

OFFICE = ZoneInfo("Asia/Manila")
FIRST, LAST = datetime(2027, 1, 1, tzinfo=OFFICE), datetime(2027, 7, 1, tzinfo=OFFICE)


def values(component, name):
    found = component.get(name, [])
    lists = found if isinstance(found, list) else [found]
    return [value.dt for dates in lists for value in dates.dts]


def is_day(value):
    return not isinstance(value, datetime)


def in_zone(value, usual):
    """A time with its zone; one that names none is of the usual zone."""
    return value if is_day(value) or value.tzinfo else value.replace(tzinfo=usual)


def wall(value, zone):
    """What a clock in the zone shows, or the midnight of a day."""
    if is_day(value):
        return datetime(value.year, value.month, value.day)
    return value.astimezone(zone).replace(tzinfo=None)


def instant(local, zone, days):
    if days:
        return local.date()
    # A zone that the calendar defines itself is one of pytz, which has a way of its own.
    local = zone.localize(local) if hasattr(zone, "localize") else local.replace(tzinfo=zone)
    return local.astimezone(timezone.utc)


def length(event, start, usual):
    if "DTEND" in event:
        return in_zone(event["DTEND"].dt, usual) - start
    if "DURATION" in event:
        return event["DURATION"].dt
    return timedelta(days=1) if is_day(start) else timedelta(0)


def zone_of(value, usual):
    """A zone of this process for that of a calendar, which pytz or the calendar itself defined."""
    name = getattr(value.tzinfo, "zone", None) or getattr(value.tzinfo, "key", None) if not is_day(value) else None
    try:
        return ZoneInfo(name) if name else (usual if is_day(value) else value.tzinfo)
    except Exception:
        return value.tzinfo


def rule_of(event, start, zone, days):
    text = event["RRULE"].to_ical().decode()
    parts = dict(part.split("=", 1) for part in text.split(";"))
    until = event["RRULE"].get("UNTIL")
    if until:
        end = until[0]
        if is_day(end) and not days:
            end = datetime(end.year, end.month, end.day, 23, 59, 59)
        elif not is_day(end) and not days and end.tzinfo:
            end = wall(end, zone)
        elif not is_day(end):
            end = datetime(end.year, end.month, end.day) if days else end
        else:
            end = datetime(end.year, end.month, end.day)
        parts["UNTIL"] = end.strftime("%Y%m%dT%H%M%S")
    return rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)


def shown(start, end, title):
    text = lambda value: value.isoformat() if is_day(value) else value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [text(start), text(end), title]


calendar = Calendar.from_ical(sys.stdin.buffer.read())
named = calendar.get("X-WR-TIMEZONE")
usual = ZoneInfo(str(named)) if named else OFFICE
result = []
masters, changes = [], {}
for event in calendar.walk("VEVENT"):
    if "RECURRENCE-ID" in event:
        changes.setdefault(str(event["UID"]), []).append(event)
    else:
        masters.append(event)


def add(event, start, end):
    # A whole event that is called off stays to be seen; a date of a series is gone.
    if "RECURRENCE-ID" not in event or str(event.get("STATUS", "")) != "CANCELLED":
        result.append(shown(start, end, str(event.get("SUMMARY", "Untitled"))))


def add_single(event):
    start = in_zone(event["DTSTART"].dt, usual)
    end = start + length(event, start, usual)
    utc = lambda value: value if is_day(value) else value.astimezone(timezone.utc)
    if not is_day(start) and "DURATION" in event and event["DURATION"].dt % timedelta(days=1) == timedelta(0):
        # Days are those of a calendar, also where one of them has 23 hours.
        zone = zone_of(start, usual)
        end = instant(wall(start, zone) + event["DURATION"].dt, zone, False)
    add(event, utc(start), utc(end))


for event in masters:
    of_event = changes.pop(str(event.get("UID")), [])
    if "RRULE" not in event and "RDATE" not in event:
        add_single(event)
        continue
    start = in_zone(event["DTSTART"].dt, usual)
    days, zone = is_day(start), zone_of(start, usual)
    local = wall(start, zone)
    # A day among times is the usual time of that day.
    name = lambda value: local.replace(year=value.year, month=value.month, day=value.day) if is_day(value) else wall(in_zone(value, zone), zone)
    dates = rruleset()
    dates.rdate(local)
    if "RRULE" in event:
        dates.rrule(rule_of(event, local, zone, days))
    for value in values(event, "RDATE"):
        dates.rdate(name(value))
    for value in values(event, "EXDATE"):
        dates.exdate(name(value))
    for change in of_event:
        dates.exdate(name(change["RECURRENCE-ID"].dt))
        add_single(change)
    for date_of in dates.between(datetime(2026, 12, 1), datetime(2027, 8, 1), inc=True):
        begin = instant(date_of, zone, days)
        add(event, begin, begin + length(event, start, usual))
for orphans in changes.values():
    for change in orphans:
        add_single(change)


def within(row):
    day = len(row[0]) == 10
    first, last = (FIRST.date().isoformat(), LAST.date().isoformat()) if day else (
        FIRST.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        LAST.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return first <= row[0] < last


json.dump(sorted(row for row in result if within(row)), sys.stdout)
