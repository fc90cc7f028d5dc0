"""Every write of the accounts package, by use case."""

from station.accounts.services.alerting import ALERT, raise_alert
from station.accounts.services.approving import ask_approval, decide, lapse_approvals, withdraw
from station.accounts.services.checking import CHECK, ask_for_checks, run_checks
from station.accounts.services.confirming import confirm, confirm_with_passkey
from station.accounts.services.doors import second_step, sign_in
from station.accounts.services.errors import (
    AccountsError,
    AlreadyAsked,
    ApprovalRefused,
    ApprovalStale,
    CodeRefused,
    ConfirmationRefused,
    EmailTaken,
    LastAdmin,
    LastFactor,
    LinkSpent,
    PasskeyRefused,
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
from station.accounts.services.passkeys import add_passkey, remove_passkey, sign_in_with_passkey
from station.accounts.services.sessions import end_session, revoke_session, start_session, touch
from station.accounts.services.staff import add_staff, disable_staff, enable_staff, set_roles
from station.accounts.services.work import close_work_item, open_work_item, settle_work_item

__all__ = [
    "ALERT",
    "CHECK",
    "AccountsError",
    "AlreadyAsked",
    "ApprovalRefused",
    "ApprovalStale",
    "CodeRefused",
    "ConfirmationRefused",
    "EmailTaken",
    "Joined",
    "LastAdmin",
    "LastFactor",
    "LinkSpent",
    "PasskeyRefused",
    "PasswordRefused",
    "SignInRefused",
    "TooManyTries",
    "add_passkey",
    "add_staff",
    "ask_approval",
    "ask_for_checks",
    "close_work_item",
    "confirm",
    "confirm_with_passkey",
    "decide",
    "disable_staff",
    "enable_staff",
    "end_session",
    "hand_out_link",
    "invite",
    "join",
    "lapse_approvals",
    "make_link",
    "offered_secret",
    "open_work_item",
    "raise_alert",
    "remove_passkey",
    "renew_recovery_codes",
    "reset_second_factor",
    "revoke_session",
    "run_checks",
    "second_step",
    "set_roles",
    "settle_work_item",
    "sign_in",
    "sign_in_with_passkey",
    "start_over",
    "start_session",
    "touch",
    "withdraw",
]
