"""Times as people say them, on the clocks of a time zone, on plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instants(day: date, at: time, zone: str) -> list[datetime]:
    """The instants (UTC) at which the clocks of a zone show a time on a day, the earlier one first.

    None in the hour that the clocks skip in spring; two in the one that comes twice in autumn.
    """
    shown, here = datetime.combine(day, at), ZoneInfo(zone)
    meant = {shown.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(each for each in meant if each.astimezone(here).replace(tzinfo=None, fold=0) == shown)


def name_of_time(instant: datetime, zone: str) -> str:
    """What a zone calls its time at an instant: PDT, PST."""
    return instant.astimezone(ZoneInfo(zone)).tzname() or zone


def span_words(span: timedelta) -> str:
    """2 days 3 hours; 5 minutes; less than a minute: the two largest units of a span."""
    minutes = max(0, int(span.total_seconds())) // 60
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    while parts and not parts[0][0]:
        parts.pop(0)
    said = [f"{many} {unit}{'s' if many != 1 else ''}" for many, unit in parts[:2] if many]
    return " ".join(said) or "less than a minute"
