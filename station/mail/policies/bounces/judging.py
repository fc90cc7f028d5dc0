"""What a report means: gone, not now, not from us, or nothing. RFC 3463 codes first, then the words beside them.

Where words and code disagree, the one that does a member no harm wins: a block list spoken of under 5.1.1 is our
trouble, a full mailbox under 5.0.0 is a full mailbox. Names are no words: bob@nospam.example says nothing about spam.
"""

from __future__ import annotations

import re

from station.mail.models import InboundKind, Severity
from station.mail.policies.bounces.plain import ADDRESS
from station.mail.policies.bounces.shapes import Told

_POLICY = re.compile(
    r"spam|black\s?list|block\s?list|blocked\s+(?:using|by|for|because)|\brbl\b|\bdnsbl\b|reputation|\bdmarc\b|\bspf\b|\bdkim\b"
    r"|not\s+authenticated|unauthenticated|authentication\s+required|policy|(?:access|relay(?:ing)?|permission)\s+denied"
    r"|too\s+many\s+(?:messages|connections|recipients)|\bbanned\b"
    r"|(?:rate|frequency|ip)\s+limit(?:ed)?|reverse\s+dns|\bptr\b|not\s+allowed\s+to\s+(?:send|relay)"
    r"|content\s+(?:rejected|filter)|message\s+(?:content\s+)?rejected|virus|suspicious|unsolicited|\babuse\b|spamhaus",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"over\s?quota|quota\s+(?:exceeded|full)|exceed(?:s|ed|ing)?\s+(?:\w+\s+){0,3}quota|mailbox\s+(?:is\s+)?(?:full|size)"
    r"|(?:mailbox|inbox)[^.\n]{0,20}\bfull\b|out\s+of\s+(?:storage|space)|insufficient\s+(?:disk|system)?\s*(?:space|storage)"
    r"|storage\s+(?:limit|exceeded)|no\s+space\s+left",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:user|recipient|mailbox|account|address|addressee|local\s+part)[^.\n]{0,40}\b(?:unknown|not\s+found|does(?:n't|\s+not)\s+exist"
    r"|not\s+exist|invalid|no\s+longer|not\s+recogni[sz]ed|not\s+listed|unavailable|not\s+known|terminated|closed)"
    r"|(?:unknown|invalid|no\s+such|non-?existent)\s+(?:\w+\s+){0,2}(?:user|recipient|mailbox|account|address|person|domain)"
    r"|no\s+mailbox\s+here|not\s+a\s+valid\s+(?:user|mailbox|recipient)"
    r"|does(?:n't|\s+not)\s+have\s+an?\s+\S{1,60}\s+account",
    re.IGNORECASE,
)
_GONE = re.compile(  # less plainly: a block list may stand behind it
    r"not\s+listed\s+in|recipient\s+(?:address\s+)?rejected|host\s+(?:or\s+domain\s+)?(?:name\s+)?(?:unknown|not\s+found)"
    r"|(?:domain|host)[^.\n]{0,30}\b(?:not\s+found|does(?:n't|\s+not)\s+exist|unknown)|nxdomain|unrouteable",
    re.IGNORECASE,
)
_PERHAPS_LATER = re.compile(
    r"disabled|inactive|suspended|deactivated|discontinued|temporar|try\s+(?:again|later)|malformed|servfail|timed\s+out",
    re.IGNORECASE,
)
_BEFORE_THE_RECIPIENT = re.compile(  # what was refused was us: the recipient had not been named yet
    r"(?:after|reply\s+to)\s+(?:mail\s+from|[eh][eh]lo|initial\s+connection)|\[mail_from\]"
    r"|mail\s+from:\s?\S{1,300}\s{1,3}<<<|my\s+name\s+was\s+rejected|sender\s+was\s+rejected"
    r"|sender\s+(?:\w+\s+)?(?:rejected|denied|blocked)"
    r"|sender\s+(?:address|domain)[^\n]{0,80}\b(?:unknown|invalid|not\s+found|does(?:n't|\s+not)\s+(?:exist|resolve))",
    re.IGNORECASE,
)
_NOT_IN_THE_DIRECTORY = re.compile(
    r"5\.4\.1\b.{0,200}recipient\s+address\s+rejected", re.IGNORECASE
)  # Exchange Online
_MACHINES = re.compile(r"(?:https?://|www\.)\S{1,500}|\b(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3}\.\d{1,3})(?![\d.])")
_OURS = {"5.1.7", "5.1.8", "5.2.3", "5.3.4"}  # the sender's address is bad, the message too long
_SWITCHED_OFF = "5.7.13"  # RFC 5248: the account is disabled, which is no policy about mail
_NO_DOMAIN = {"5.4.4", "5.4.310"}
_GENERAL = {"", "0.0", "1.0", "2.0", "3.0", "4.0", "4.1", "5.0", "9.9"}  # says “it failed” and little else


def severity_of(kind: InboundKind, told: Told) -> Severity:
    """What a message of this kind means for one recipient."""
    if kind is InboundKind.COMPLAINT:
        return Severity.COMPLAINT
    if kind is not InboundKind.REPORT:
        return Severity.NOTHING
    if told.action in ("delivered", "relayed", "expanded") or told.status.startswith("2"):
        return Severity.DELIVERED
    if told.action == "delayed":
        return Severity.DELAYED
    return failed(told.status, told.words)


def failed(status: str, words: str) -> Severity:
    """What a failure means: by its enhanced status code, and by the words beside it. Also for SMTP's own answers."""
    code = _the_clearest(status, words)
    if code.startswith("4"):
        return Severity.SOFT
    if _NOT_IN_THE_DIRECTORY.search(f"{status} {words}"):
        return Severity.HARD
    if _is_policy(code, words):
        return Severity.POLICY
    if _FULL.search(words) or code == _SWITCHED_OFF or (code.startswith("5.2.") and not _general(code)):
        return Severity.SOFT
    return Severity.HARD if _is_gone(code, words) else Severity.SOFT


def _is_policy(code: str, words: str) -> bool:
    if code == _SWITCHED_OFF:
        return False
    if code in _OURS or (code.startswith(("5.5.", "5.6.", "5.7.")) and not _general(code)):
        return True
    return bool(_BEFORE_THE_RECIPIENT.search(words) or _speaks_of_us(code, ADDRESS.sub(" ", words)))


def _speaks_of_us(code: str, said: str) -> bool:
    """Whether words without addresses blame the sender. Beside “user unknown” a link or a server's name does not."""
    if _NOBODY.search(said):
        if code.startswith("5.1.") and not _general(code):
            return False
        said = _MACHINES.sub(" ", said)
    return bool(_POLICY.search(said))


def _is_gone(code: str, words: str) -> bool:
    if code.startswith("5.1.") and not _general(code):
        return True
    if _PERHAPS_LATER.search(words):
        return False
    return code in _NO_DOMAIN or code == "5.1.0" or bool(_NOBODY.search(words) or _GONE.search(words))


def _the_clearest(status: str, words: str) -> str:
    """The status, or the more telling one of the same class that the other server's words begin with."""
    if status and not _general(status):
        return status
    said = [found[0] for found in _STATUS.finditer(words[:300]) if not status or found[1] == status[0]]
    return next((each for each in said if not _general(each)), status or (said[0] if said else ""))


def _general(status: str) -> bool:
    return status.partition(".")[2] in _GENERAL
