"""Expands recurrence sets with python-dateutil and zoneinfo, for the comparison in generated.rs.

Reads a JSON list of cases from standard input and writes a list of answers. Where dateutil departs from RFC 5545 it is
set right here, case by case and visibly, so that everything else is its own work; an answer says in "mended" whether
that was needed. README.md tells the reasons.
"""

import bisect
import datetime
import itertools
import json
import sys
import types
import zoneinfo

try:
    from dateutil import rrule as library
except ImportError:
    sys.exit("python-dateutil is missing")

NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
SECONDS_OF_DAY = 86400
EPOCH = datetime.datetime(1970, 1, 1)
horizon = types.SimpleNamespace(**vars(datetime))
# dateutil searches on to the year 9999; with its own view of the module it stops where the case says.
library.datetime = horizon


def week_of_first(year, week_start):
    """The ordinal of the day on which week 1 of a year starts."""
    first = datetime.date(year, 1, 1)
    into_week = (first.weekday() - week_start) % 7
    return first.toordinal() - into_week + (7 if into_week > 3 else 0)


def week_year(date, week_start):
    """The year to whose weeks a day belongs."""
    years = (date.year + 1, date.year, date.year - 1)
    return next(year for year in years if week_of_first(year, week_start) <= date.toordinal())


class Enough(Exception):
    """dateutil has searched for long enough."""


class Info(library._iterinfo):
    """The masks of dateutil, with weeks at the turn of the year and mixed BYDAY set right."""

    # The day at which a search by days or less is given up, and how many more periods it may look at.
    last_day = None
    left = 0

    def ddayset(self, year, month, day):
        Info.left -= 1
        date = datetime.date(year, month, day)
        if Info.left < 0 or date >= Info.last_day:
            Info.last_day = date
            raise Enough
        return super().ddayset(year, month, day)

    def rebuild(self, year, month):
        new_year, new_month = year != self.lastyear, month != self.lastmonth
        months = self.rrule._bymonth
        if self.rrule.month_of_start:
            # Only BYMONTH makes the numbers of BYDAY count in the month.
            self.rrule._bymonth = None
        super().rebuild(year, month)
        self.rrule._bymonth = months
        if new_year and self.rrule._byweekno:
            self.weeks(year)
        if (new_year or new_month) and self.rrule._bynweekday and self.rrule.plain_weekdays:
            for i in range(self.yearlen):
                if self.wdaymask[i] in self.rrule.plain_weekdays:
                    self.nwdaymask[i] = 1

    def weeks(self, year):
        start = datetime.date(year, 1, 1).toordinal()
        self.wnomask = [0] * (self.yearlen + 7)
        for of_year in (year - 1, year, year + 1, year + 2):
            first = week_of_first(of_year, self.rrule._wkst)
            count = (week_of_first(of_year + 1, self.rrule._wkst) - first) // 7
            for number in self.rrule._byweekno:
                number = number if number > 0 else count + 1 + number
                if 1 <= number <= count:
                    for day in range(first + (number - 1) * 7, first + number * 7):
                        if 0 <= day - start < len(self.wnomask):
                            self.wnomask[day - start] = 1


library._iterinfo = Info


def read(text):
    """A date or date-time as dateutil takes it."""
    return datetime.datetime.fromisoformat(text)


def parts_of(rule):
    return dict(part.split("=") for part in rule.split(";"))


def arguments(parts, is_date, mended):
    """The arguments of dateutil for the parts of a rule, without its end."""
    given = {"wkst": NAMES.index(parts.get("WKST", "MO")), "interval": int(parts.get("INTERVAL", 1))}
    lists = ["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"]
    for name in lists:
        if name in parts:
            given[name.lower()] = [int(number) for number in parts[name].split(",")]
    if "BYDAY" in parts:
        days = [(text[:-2], NAMES.index(text[-2:])) for text in parts["BYDAY"].split(",")]
        given["byweekday"] = [library.weekday(day, int(number) if number else None) for number, day in days]
    if is_date:
        for name in ("byhour", "byminute", "bysecond"):
            if given.pop(name, None):
                mended.append("times of a date")
    if 60 in given.get("bysecond", []):
        given["bysecond"] = sorted({min(second, 59) for second in given["bysecond"]})
        mended.append("second 60")
    return given


def instances(rule, start, is_date, mended):
    """The instances of a rule in order, naive and without regard to its end."""
    parts = parts_of(rule)
    given = arguments(parts, is_date, mended)
    frequency = getattr(library, parts["FREQ"])
    first = start
    if frequency == library.WEEKLY and "bysetpos" in given:
        # BYSETPOS counts from the beginning of the week, dateutil from the start.
        first = start - datetime.timedelta(days=(start.weekday() - given["wkst"]) % 7)
        if first != start:
            mended.append("first week")
            others = ("byweekno", "byyearday", "bymonthday", "byweekday")
            if not any(name in given for name in others):
                given["byweekday"] = [start.weekday()]
    day_parts = [name for name in ("byyearday", "bymonthday", "byweekday") if name in given]
    if frequency <= library.WEEKLY and "byweekno" in given and not day_parts:
        # "Information, not contained in the rule, … [is] derived from the Start Time": a week without a day takes the
        # weekday of the start, a day of the month without a month in a yearly rule its month. dateutil takes them all.
        given["byweekday"] = [start.weekday()]
        mended.append("weekday of the start")
    others = ("bymonth", "byweekno", "byyearday")
    month_of_start = frequency == library.YEARLY and "bymonthday" in given and not any(name in given for name in others)
    if month_of_start:
        given["bymonth"] = [start.month]
        mended.append("month of the start")
    if frequency == library.YEARLY and "byweekno" in given and (given["interval"] > 1 or "bysetpos" in given):
        mended.append("year of the weeks")
        yield from by_week_year(given, start, mended)
        return
    yield from search(frequency, first, start, given, month_of_start, mended)


def by_week_year(given, start, mended):
    """A yearly rule with BYWEEKNO, whose period is the year to which the weeks belong, not that of the calendar."""
    week_start, interval = given["wkst"], given["interval"]
    positions = given.pop("bysetpos", None)
    own_year = week_year(start.date(), week_start)
    first = datetime.datetime.combine(
        datetime.date.fromordinal(week_of_first(own_year, week_start)), datetime.time()
    )
    for name, value in (("byhour", start.hour), ("byminute", start.minute), ("bysecond", start.second)):
        given.setdefault(name, [value])
    given["interval"] = 1
    found = search(library.YEARLY, first, first, given, False, mended)
    for year, group in itertools.groupby(found, lambda moment: week_year(moment.date(), week_start)):
        if (year - own_year) % interval:
            continue
        group = list(group)
        if positions is not None:
            places = {position - 1 if position > 0 else len(group) + position for position in positions}
            group = [moment for place, moment in enumerate(group) if place in places]
        yield from (moment for moment in group if moment >= start)


def search(frequency, first, start, given, month_of_start, mended):
    """The instances that dateutil finds from a first moment, at or after the start."""
    try:
        found = library.rrule(frequency, dtstart=first, **given)
    except ValueError as error:
        if "empty set" in str(error):
            return
        raise
    found.plain_weekdays, found.month_of_start = (), month_of_start
    if found._bynweekday and found._byweekday:
        mended.append("mixed BYDAY")
        found.plain_weekdays, found._byweekday = found._byweekday, None
    if found._byweekno and {52, 53, -52, -53} & set(found._byweekno):
        mended.append("weeks at the turn of the year")
    try:
        yield from (instance for instance in found if instance >= start)
    except Enough:
        return
    except ValueError as error:
        if "empty rule" not in str(error):
            raise


class Clock:
    """Section 3.3.5: a skipped time is read with the offset before the gap, a repeated one is its first pass.

    This is what zoneinfo answers for fold=0.
    """

    def __init__(self, zone, is_date):
        self.zone = None if is_date else zoneinfo.ZoneInfo(zone)

    def instant(self, moment):
        local = (moment - EPOCH) // datetime.timedelta(seconds=1)
        if self.zone is None:
            return local
        offset = moment.replace(tzinfo=self.zone).utcoffset()
        return local - round(offset.total_seconds())

    def is_shown(self, moment):
        """Whether the clocks show this time at all."""
        if self.zone is None:
            return True
        utc = EPOCH + datetime.timedelta(seconds=self.instant(moment))
        back = utc.replace(tzinfo=datetime.timezone.utc).astimezone(self.zone)
        return back.replace(tzinfo=None) == moment


def before_end(found, parts, clock, start, is_date):
    """Cuts the instances off at COUNT or UNTIL."""
    if "COUNT" in parts:
        return itertools.islice(found, int(parts["COUNT"]))
    until = parts.get("UNTIL")
    if until is None:
        return found
    if until.endswith("Z"):
        end = datetime.datetime.strptime(until, "%Y%m%dT%H%M%SZ")
        instant = (end - EPOCH) // datetime.timedelta(seconds=1)
        if is_date:
            local = end.replace(tzinfo=datetime.timezone.utc).astimezone(clock.of_set).replace(tzinfo=None)
            return itertools.takewhile(lambda moment: moment <= local, found)
        slack = 3 * SECONDS_OF_DAY
        near = itertools.takewhile(lambda moment: clock.instant(moment) <= instant + slack, found)
        return (moment for moment in near if clock.instant(moment) <= instant)
    if "T" in until:
        end = datetime.datetime.strptime(until, "%Y%m%dT%H%M%S")
    else:
        end = datetime.datetime.strptime(until, "%Y%m%d") + datetime.timedelta(days=1, seconds=-1)
    return itertools.takewhile(lambda moment: moment <= end, found)


def answer(case):
    start, is_date, mended = read(case["start"]), "T" not in case["start"], []
    horizon.MAXYEAR = case["year"]
    clock = Clock(case["zone"], is_date)
    clock.of_set = zoneinfo.ZoneInfo(case["zone"])
    end = datetime.datetime(case["year"], 1, 1)
    Info.last_day, Info.left = end.date(), 4_000
    if "FREQ=SECONDLY" in case["rule"] and "BYHOUR" in case["rule"]:
        # Here dateutil tries every second of every day.
        Info.last_day = start.date() + datetime.timedelta(days=40)
    found, used = {}, 0
    of_rule = before_end(instances(case["rule"], start, is_date, mended), parts_of(case["rule"]), clock, start, is_date)
    of_rule = itertools.takewhile(lambda moment: moment < end, of_rule)
    for number, moment in enumerate(of_rule):
        if number == case["most"]:
            end = moment
            break
        used += moment < read(case["before"])
        known = found.get(clock.instant(moment))
        # Of two names of an instant the one that the clocks show stays.
        if known is None or clock.is_shown(moment):
            found[clock.instant(moment)] = moment
    end = min(end, datetime.datetime.combine(Info.last_day, datetime.time()))
    ends = {}
    for addition in case["additions"]:
        first, _, last = addition.partition("/")
        moment = read(first)
        found.setdefault(clock.instant(moment), moment)
        if last:
            length = clock.instant(read(last))
            ends[clock.instant(moment)] = min(length, ends.get(clock.instant(moment), length))
    days = {text for text in case["exclusions"] if "T" not in text}
    times = {clock.instant(read(text)) for text in case["exclusions"]} if not is_date else set()
    kept = [
        (instant, moment)
        for instant, moment in sorted(found.items())
        if instant not in times and moment.date().isoformat() not in days
    ]
    write = (lambda moment: moment.date().isoformat()) if is_date else datetime.datetime.isoformat
    listed = [[write(moment), instant, ends.get(instant)] for instant, moment in kept]
    last_instant = (end - EPOCH) // datetime.timedelta(seconds=1) - 3 * SECONDS_OF_DAY
    return {
        "occurrences": [item for item in listed if item[1] < last_instant],
        "horizon": last_instant,
        "used": used if read(case["before"]) < end else None,
        "mended": mended,
    }


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
