"""Staff pages of accounts: who works here, one's account, sudo, work items, approvals, checks, the audit trail."""

from station.accounts.desk.account import account
from station.accounts.desk.approvals import approvals
from station.accounts.desk.audit import audit
from station.accounts.desk.checks import checks
from station.accounts.desk.people import people
from station.accounts.desk.sudo import sudo
from station.accounts.desk.work import work

__all__ = ["account", "approvals", "audit", "checks", "people", "sudo", "work"]
