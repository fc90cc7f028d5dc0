"""Every write of the accounts package, by use case."""

from station.accounts.services.doors import second_step, sign_in
from station.accounts.services.errors import (
    AccountsError,
    CodeRefused,
    EmailTaken,
    LastAdmin,
    LinkSpent,
    PasswordRefused,
    SignInRefused,
    TooManyTries,
)
from station.accounts.services.joining import (
    Joined,
    hand_out_link,
    invite,
    join,
    make_link,
    offered_secret,
    renew_recovery_codes,
    reset_second_factor,
    start_over,
)
from station.accounts.services.sessions import end_session, revoke_session, start_session, touch
from station.accounts.services.staff import add_staff, disable_staff, enable_staff, set_roles
from station.accounts.services.work import close_work_item, open_work_item

__all__ = [
    "AccountsError",
    "CodeRefused",
    "EmailTaken",
    "Joined",
    "LastAdmin",
    "LinkSpent",
    "PasswordRefused",
    "SignInRefused",
    "TooManyTries",
    "add_staff",
    "close_work_item",
    "disable_staff",
    "enable_staff",
    "end_session",
    "hand_out_link",
    "invite",
    "join",
    "make_link",
    "offered_secret",
    "open_work_item",
    "renew_recovery_codes",
    "reset_second_factor",
    "revoke_session",
    "second_step",
    "set_roles",
    "sign_in",
    "start_over",
    "start_session",
    "touch",
]
