"""Every table of the house, imported for migrations and tests."""

from station.accounts import models as accounts
from station.core import bulletin, events, fingerprint, leases, outbox, ratelimit, runs, search
from station.giving import models as giving
from station.licensee import models as licensee
from station.mail import models as mail
from station.members import models as members
from station.news import models as news
from station.payments import models as payments
from station.receipts import models as receipts
from station.screening import models as screening
from station.underwriting import models as underwriting

__all__ = [
    "accounts",
    "bulletin",
    "events",
    "fingerprint",
    "giving",
    "leases",
    "licensee",
    "mail",
    "members",
    "news",
    "outbox",
    "payments",
    "ratelimit",
    "receipts",
    "runs",
    "screening",
    "search",
    "underwriting",
]
