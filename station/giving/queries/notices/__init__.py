"""Reads of notices: what is due, what was written and given, and what is overdue."""

from station.giving.queries.notices.checks import late_today, missed_charges, not_given, overdue
from station.giving.queries.notices.due import KINDS, due, due_of, every_due
from station.giving.queries.notices.horizon import BEGUN, Due, Horizon, horizon, notices_since
from station.giving.queries.notices.written import (
    HIDDEN,
    PREFIX,
    Counted,
    Delivery,
    NoticePage,
    NoticeView,
    Standing,
    View,
    notice,
    notice_counts,
    notice_of,
    notices,
    notices_of,
    notices_written,
)

__all__ = [
    "BEGUN",
    "HIDDEN",
    "KINDS",
    "PREFIX",
    "Counted",
    "Delivery",
    "Due",
    "Horizon",
    "NoticePage",
    "NoticeView",
    "Standing",
    "View",
    "due",
    "due_of",
    "every_due",
    "horizon",
    "late_today",
    "missed_charges",
    "not_given",
    "notice",
    "notice_counts",
    "notice_of",
    "notices",
    "notices_of",
    "notices_since",
    "notices_written",
    "overdue",
]
