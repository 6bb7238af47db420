"""Reads a calendar from standard input with the package icalendar and tells as JSON what it understood."""

import json
import sys
from datetime import datetime, timezone

from icalendar import Calendar


def moment(value):
    """A day as it is; a time in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def moments(component, name):
    found = component.get(name, [])
    lists = found if isinstance(found, list) else [found]
    return [moment(date.dt) for dates in lists for date in dates.dts]


def text(component, name):
    found = component.get(name)
    if found is None:
        return None
    found = found[0] if isinstance(found, list) else found
    return str(found.to_ical(), "utf-8") if hasattr(found, "cats") else str(found)


def one(component, name):
    return moment(component[name].dt) if name in component else None


calendar = Calendar.from_ical(sys.stdin.buffer.read())
assert calendar.errors == [], calendar.errors
events = []
for event in calendar.walk("VEVENT"):
    assert event.errors == [], event.errors
    events.append(
        {
            "uid": text(event, "UID"),
            "summary": text(event, "SUMMARY"),
            "description": text(event, "DESCRIPTION"),
            "location": text(event, "LOCATION"),
            "categories": text(event, "CATEGORIES"),
            "status": text(event, "STATUS"),
            "url": text(event, "URL"),
            "sequence": int(event["SEQUENCE"]),
            "stamp": one(event, "DTSTAMP"),
            "start": one(event, "DTSTART"),
            "end": one(event, "DTEND"),
            "rule": event["RRULE"].to_ical().decode() if "RRULE" in event else None,
            "recurrence_id": one(event, "RECURRENCE-ID"),
            "rdates": moments(event, "RDATE"),
            "exdates": moments(event, "EXDATE"),
        }
    )
zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE") if zone.to_tz()]
json.dump({"name": text(calendar, "X-WR-CALNAME"), "zones": zones, "events": events}, sys.stdout)
