"""When stories are out: publishing, embargoes, withdrawing, and what stands beside them."""

from station.news.services.releasing.embargoes import embargo, lift_embargo
from station.news.services.releasing.leaving import put_back, set_quiet, withdraw
from station.news.services.releasing.publishing import come_out, publish, redate, unpublish
from station.news.services.releasing.rows import COME_OUT, ChangedMeanwhile

__all__ = [
    "COME_OUT",
    "ChangedMeanwhile",
    "come_out",
    "embargo",
    "lift_embargo",
    "publish",
    "put_back",
    "redate",
    "set_quiet",
    "unpublish",
    "withdraw",
]
