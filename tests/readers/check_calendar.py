"""Reads a calendar from standard input and tells as JSON what in it breaks RFC 5545, or what we promise beyond it."""

import json
import sys
from datetime import datetime, timedelta

from icalendar import Calendar

REQUIRED = "DTSTAMP UID SEQUENCE CREATED LAST-MODIFIED STATUS CATEGORIES URL DTSTART SUMMARY TRANSP".split()
STATES = {"CONFIRMED", "TENTATIVE", "CANCELLED"}

complaints = []


def expect(holds, what, where):
    if not holds:
        complaints.append(f"{what}: {where}")


def values(component, name):
    """The lists of a property that may stand several times."""
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]


def is_time(value):
    return isinstance(value, datetime)


def check_lines(raw):
    expect(raw.endswith(b"\r\n"), "the last line has no end", "the calendar")
    for line in raw.split(b"\r\n"):
        expect(len(line) <= 75, "longer than 75 octets", line)
        expect(b"\n" not in line and b"\r" not in line, "an end of a line by itself", line)
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            expect(False, "folded within a letter", line)


def check_times(event, where, zones):
    start = event["DTSTART"]
    for name in ["DTSTART", "DTEND", "RECURRENCE-ID"]:
        if name not in event:
            continue
        value = event[name]
        zone = value.params.get("TZID")
        expect(zone is None or str(zone) in zones, f"{name} in a zone that is not defined", where)
        expect(not is_time(value.dt) or value.dt.tzinfo is not None, f"{name} in no zone", where)
    if "DTEND" in event:
        end = event["DTEND"].dt
        expect(is_time(end) == is_time(start.dt), "an end of another type", where)
        expect(is_time(end) != is_time(start.dt) or end > start.dt, "an end that is not after the start", where)
    for rule in values(event, "RRULE"):
        expect("RECURRENCE-ID" not in event, "a rule on a single date", where)
        for until in rule.get("UNTIL", []):
            fits = until.tzinfo and until.utcoffset() == timedelta(0) if is_time(until) else not is_time(start.dt)
            expect(is_time(until) == is_time(start.dt) and fits, f"UNTIL={until}", where)
    for name in ["RDATE", "EXDATE"]:
        for dates in values(event, name):
            same_zone = dates.params.get("TZID") == start.params.get("TZID")
            expect(not is_time(start.dt) or same_zone, f"{name} in another zone than the start", where)
            for date in dates.dts:
                expect(is_time(date.dt) == is_time(start.dt), f"{name} of another type than the start", where)


def check_event(event, where, zones):
    expect(event.errors == [], f"not understood: {event.errors}", where)
    for name in REQUIRED:
        expect(name in event, f"no {name}", where)
        expect(name == "CATEGORIES" or not isinstance(event.get(name), list), f"{name} twice", where)
    expect(str(event["STATUS"]) in STATES, "an unknown state", where)
    expect("://" in str(event["URL"]), "an address that is not whole", where)
    check_times(event, where, zones)


def check(calendar):
    expect(calendar.errors == [], f"not understood: {calendar.errors}", "the calendar")
    zones = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
    series, single = {}, set()
    for event in calendar.walk("VEVENT"):
        uid = str(event["UID"])
        date = event["RECURRENCE-ID"].to_ical() if "RECURRENCE-ID" in event else None
        where = f"{event['SUMMARY']} ({uid}, {date})"
        check_event(event, where, zones)
        expect((uid, date) not in single and (date or uid not in series), "twice", where)
        if date is None:
            series[uid] = event
        else:
            single.add((uid, date))
    for uid, date in single:
        of = series.get(uid)
        repeats = of is not None and ("RRULE" in of or "RDATE" in of)
        expect(repeats, "a changed date without its series", f"{uid} {date}")
        same = repeats and (b"T" in date) == is_time(of["DTSTART"].dt)
        expect(same, "a changed date of another type than its series", f"{uid} {date}")


raw = sys.stdin.buffer.read()
check_lines(raw)
calendar = Calendar.from_ical(raw)
check(calendar)
json.dump({"complaints": complaints, "events": len(calendar.walk("VEVENT"))}, sys.stdout)
