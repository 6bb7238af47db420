"""Reads rules from standard input as JSON, each with its start and with the first and last moment that are looked at, as iCalendar
writes them, and tells as JSON when each takes place by the package recurring-ical-events. A start beside the rule is no
date: by RFC 5545 the package counts it, and the dates that are compared do not."""

import json
import sys
from datetime import datetime, timedelta

import recurring_ical_events
from icalendar import Calendar

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:rule
DTSTART{kind}:{start}
RRULE:{rule}
END:VEVENT
END:VCALENDAR
"""


def moment(text):
    return datetime.strptime(text, "%Y%m%dT%H%M%S") if "T" in text else datetime.strptime(text, "%Y%m%d").date()


def text(value):
    return value.strftime("%Y%m%dT%H%M%S") if isinstance(value, datetime) else value.strftime("%Y%m%d")


def expanded(rule, start, first, last):
    kind = "" if "T" in start else ";VALUE=DATE"
    calendar = Calendar.from_ical(EVENT.format(kind=kind, start=start, rule=rule).replace("\n", "\r\n"))
    step = timedelta(seconds=1) if "T" in start else timedelta(days=1)
    dates = recurring_ical_events.of(calendar).between(moment(first), moment(last) + step)
    return sorted({text(date["DTSTART"].dt) for date in dates})


json.dump([expanded(*rule) for rule in json.load(sys.stdin)], sys.stdout)
