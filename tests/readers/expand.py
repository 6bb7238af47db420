"""Reads a calendar from standard input with the package recurring-ical-events and tells as JSON what takes place from a
first day until before a last one: start, end and title, in order, times in UTC. The days are those of Manila."""

import json
import sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

OFFICE = ZoneInfo("Asia/Manila")


def midnight(day):
    return datetime.fromisoformat(day).replace(tzinfo=OFFICE)


def text(value):
    if not isinstance(value, datetime):
        return value.isoformat()
    value = value if value.tzinfo else value.replace(tzinfo=OFFICE)
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


first, last = map(midnight, sys.argv[1:])
calendar = Calendar.from_ical(sys.stdin.buffer.read())
dates = recurring_ical_events.of(calendar, skip_bad_series=True).between(first, last)
rows = [[text(date["DTSTART"].dt), text(date["DTEND"].dt), str(date.get("SUMMARY", "Untitled"))] for date in dates]
json.dump(sorted(rows), sys.stdout)
