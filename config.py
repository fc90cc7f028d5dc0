"""Settings of Station, read once from the environment.

`Settings.from_env()` reads every variable, lists every problem at once, and returns a frozen value that the
rest of the program receives. No other module reads the environment. A variable `NAME` may also be given as
`NAME_FILE`, the path of a file that holds the value (container and systemd secrets).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
DEMO_SECRET = "demo-secret-not-for-production-" + "0" * 32
DEMO_STRIPE_KEY = "sk_test_sandbox"
DEMO_PUBLISHABLE_KEY = "pk_test_sandbox"
DEMO_WEBHOOK_SECRET = "whsec_sandbox"
MODES = ("development", "test", "production")
DATABASES = ("sqlite", "postgresql+psycopg")
BROKERS = ("sqla+sqlite", "amqp", "amqps", "redis", "rediss")
WIDEST_TRUSTED = {4: 16, 6: 32}  # prefix lengths
LONGEST_BOUNCES_LOCAL = 21  # letters: station/mail/policies/verp.py writes 43 more, and 64 are allowed
SMTP_PORTS = (25, 465, 587)  # RFC 5321, 8314, 6409
LIVE_KEYS = ("sk_live_", "rk_live_")


# Stripe's prices for US charities: support.stripe.com/questions/fee-discount-for-nonprofit-organizations
NONPROFIT_RATES = "card 2018-01-01 2.2% + 30, amex 2018-01-01 3.5%, us_bank_account 2018-01-01 0.8% max 500"
_RATE = re.compile(
    r"([a-z_]{2,40}) (\d{4}-\d\d-\d\d) (\d{1,2})(?:\.(\d{1,2}))?%(?: \+ (\d{1,4}))?(?: max (\d{1,6}))?"
)


@dataclass(frozen=True)
class FeeRate:
    """What is taken from a charge by one method from a day on: basis points and cents, up to a cap in cents."""

    method: str
    since: date
    basis_points: int
    fixed_cents: int = 0
    cap_cents: int | None = None


# Messages a minute and workers at once, by the groups of station/mail/policies/providers.py
MAIL_RATES = "gmail 600 4, yahoo 300 3, outlook 300 3, other 1200 6"
_MAIL_RATE = re.compile(r"([a-z]{2,20}) (\d{1,6}) (\d{1,3})")


@dataclass(frozen=True)
class MailRate:
    """How fast bulk mail goes to one provider: messages a minute, and by so many workers at once."""

    provider: str
    per_minute: int
    at_once: int


class SettingsError(Exception):
    """Every problem found in the environment, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _text(raw: str) -> str:
    return raw.strip()


def _number(raw: str) -> int:
    return int(raw)


def _flag(raw: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    return known[raw.strip().lower()]


def _list(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _networks(raw: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part) for part in _list(raw))


def _rates(raw: str) -> tuple[FeeRate, ...]:
    return tuple(_rate(part) for part in _list(raw))


def _rate(text: str) -> FeeRate:
    found = _RATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    method, since, percent, part, fixed, cap = found.groups()
    points = int(percent) * 100 + int((part or "").ljust(2, "0"))
    return FeeRate(method, date.fromisoformat(since), points, int(fixed or 0), int(cap) if cap else None)


def _mail_rates(raw: str) -> tuple[MailRate, ...]:
    return tuple(_mail_rate(part) for part in _list(raw))


def _mail_rate(text: str) -> MailRate:
    found = _MAIL_RATE.fullmatch(text)
    if found is None or not int(found[2]) or not int(found[3]):
        raise ValueError(text)
    return MailRate(found[1], int(found[2]), int(found[3]))


def _path(raw: str) -> Path:
    return Path(raw).expanduser().resolve()


_WANTED = {
    _number: "a whole number",
    _flag: "yes or no",
    _path: "a path",
    _mail_rates: "a list of providers such as gmail 600 4, by commas, each above zero",
    _rates: "a list of rates such as card 2018-01-01 2.2% + 30, by commas",
    _networks: "a list of networks such as 203.0.113.8/29, by commas",
}


def setting(env: str, doc: str, default: Any = None, read: Callable[[str], Any] = _text, secret: bool = False) -> Any:
    """One setting: its variable, what it means, its default (a function of home and port where it is one)."""
    return field(metadata={"env": env, "doc": doc, "default": default, "read": read, "secret": secret})


def _in_home(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda known: f"sqlite:///{known['home'] / name}"


@dataclass(frozen=True, repr=False)
class Settings:
    """The whole configuration. Frozen; secrets never appear in its repr."""

    mode: str = setting("STATION_MODE", "development, test or production.", "development")
    home: Path = setting(
        "STATION_HOME",
        "Instance folder: embedded database and broker, mailbox, clock.",
        str(ROOT / "instance"),
        _path,
    )
    media: Path = setting(
        "STATION_MEDIA",
        "Folder of the newsroom's own pictures and recordings; web and worker need the same one.",
        lambda known: str(known["home"] / "media"),
        _path,
    )
    host: str = setting("STATION_HOST", "Address that the web server listens on.", "127.0.0.1")
    port: int = setting(
        "STATION_PORT", "Port of the web server; the sandbox and mailbox take the next ones.", "8400", _number
    )
    base_url: str = setting(
        "STATION_URL",
        "Public address of the site, without a slash at the end.",
        lambda known: f"http://{known['host']}:{known['port']}",
    )
    trusted_hosts: tuple[str, ...] = setting(
        "TRUSTED_HOSTS",
        "Host names that are answered, by commas. Empty: any in development; required in production.",
        "",
        _list,
    )
    proxies: int = setting(
        "STATION_PROXIES", "How many reverse proxies stand in front (for the client address).", "0", _number
    )
    ssi: bool = setting(
        "STATION_SSI",
        "Yes behind nginx as in deploy/nginx.conf: it keeps pages with a slot, and asks for the slot at each view.",
        "no",
        _flag,
    )
    purge_url: str = setting(
        "STATION_PURGE_URL",
        "Where a shared cache is told what is out of date. `{key}` in it asks for one request a key; without it all "
        "keys go in one `Surrogate-Key` header. Empty: no cache is told, and none keeps a page for long.",
        "",
    )
    purge_method: str = setting("STATION_PURGE_METHOD", "POST (Fastly) or PURGE (Varnish).", "POST")
    purge_token: str = setting(
        "STATION_PURGE_TOKEN", "Goes along as `Fastly-Key` and as a bearer token.", "", secret=True
    )
    secret_key: str = setting(
        "SECRET_KEY", "Signs desk sessions and form tokens; 32 characters or more.", DEMO_SECRET, secret=True
    )
    secret_key_fallbacks: tuple[str, ...] = setting(
        "SECRET_KEY_FALLBACKS", "Older keys that still verify, by commas.", "", _list, secret=True
    )
    database_url: str = setting(
        "DATABASE_URL",
        "Database: the embedded SQLite file, or postgresql+psycopg://…",
        _in_home("station.sqlite"),
        secret=True,
    )
    celery_broker_url: str = setting(
        "CELERY_BROKER_URL",
        "Broker: embedded (SQLAlchemy transport on its own SQLite file), amqp://… (RabbitMQ) or redis://…",
        lambda known: "sqla+" + _in_home("broker.sqlite")(known),
        secret=True,
    )
    stripe_api_key: str = setting("STRIPE_API_KEY", "Stripe secret or restricted key.", DEMO_STRIPE_KEY, secret=True)
    stripe_publishable_key: str = setting(
        "STRIPE_PUBLISHABLE_KEY", "Stripe publishable key, which the pledge page shows.", DEMO_PUBLISHABLE_KEY
    )
    stripe_webhook_secret: str = setting(
        "STRIPE_WEBHOOK_SECRET", "Signing secret of the webhook endpoint.", DEMO_WEBHOOK_SECRET, secret=True
    )
    stripe_webhook_secret_next: str = setting(
        "STRIPE_WEBHOOK_SECRET_NEXT",
        "The next signing secret while it is being rolled; empty otherwise.",
        "",
        secret=True,
    )
    stripe_api_base: str = setting(
        "STRIPE_API_BASE",
        "Empty for Stripe itself; the sandbox's address in development.",
        lambda known: "" if known["mode"] == "production" else f"http://127.0.0.1:{known['port'] + 1}",
    )
    stripe_account: str = setting("STRIPE_ACCOUNT", "Account id that events must carry where they carry one.", "")
    stripe_fees: tuple[FeeRate, ...] = setting(
        "STRIPE_FEES",
        "What Stripe takes, by commas: method, first day, percent, cents, cap in cents. Donors may add it to a gift.",
        NONPROFIT_RATES,
        _rates,
    )
    stripe_timeout: int = setting("STRIPE_TIMEOUT", "Seconds that a waiting person waits for Stripe.", "20", _number)
    refund_limit: int = setting(
        "STATION_REFUND_LIMIT",
        "Dollars: whoever refunds more of a payment, or of many together, needs a second person's approval.",
        "500",
        _number,
    )
    mail_host: str = setting("MAIL_HOST", "SMTP server; the local mailbox in development.", "127.0.0.1")
    mail_port: int = setting("MAIL_PORT", "SMTP port.", lambda known: str(known["port"] + 2), _number)
    mail_security: str = setting("MAIL_SECURITY", "none, starttls or tls.", "none")
    mail_username: str = setting("MAIL_USERNAME", "SMTP user; empty for none.", "")
    mail_password: str = setting("MAIL_PASSWORD", "SMTP password.", "", secret=True)
    mail_only_to: tuple[str, ...] = setting(
        "MAIL_ONLY_TO",
        "Outside production: the addresses and domains, by commas, that mail goes to over a mail server. The local "
        "mailbox takes all.",
        "",
        _list,
    )
    mail_receipts_from: str = setting(
        "MAIL_RECEIPTS_FROM", "Sender address of receipts and notices.", "membership@example.org"
    )
    npr_cds_url: str = setting(
        "NPR_CDS_URL", "Address of NPR's Content Distribution Service.", "https://content.api.npr.org"
    )
    npr_cds_token: str = setting(
        "NPR_CDS_TOKEN", "Token for it; empty, and nothing is asked of NPR by the clock.", "", secret=True
    )
    mail_appeals_from: str = setting(
        "MAIL_APPEALS_FROM",
        "Sender address of appeals; in production another one than that of receipts, best on a domain of its own.",
        "friends@example.org",
    )
    mail_bounces_to: str = setting(
        "MAIL_BOUNCES_TO",
        "Mailbox that bounces come back to; each message leaves with an address of its own there. Empty: the sender.",
        "",
    )
    mail_rates: tuple[MailRate, ...] = setting(
        "MAIL_RATES",
        "How fast bulk mail goes, by commas: provider (gmail, yahoo, outlook, other), messages a minute, workers at "
        "once.",
        MAIL_RATES,
        _mail_rates,
    )
    mail_bulk_processes: int = setting(
        "MAIL_BULK_PROCESSES",
        "Worker processes that may send bulk mail at a time; fewer than there are leaves the rest to receipts.",
        "1",
        _number,
    )
    mailing_alone: int = setting(
        "MAILING_ALONE", "Up to how many people somebody sends a mailing to without a second person.", "1000", _number
    )
    mail_bounces_imap: str = setting(
        "MAIL_BOUNCES_IMAP",
        "That mailbox, to be read every minute: imaps://user:password@host/INBOX. Empty: it comes by `station mail "
        "inbound`, or not at all.",
        "",
        secret=True,
    )
    mail_soft_bounces: int = setting(
        "MAIL_SOFT_BOUNCES", "So many messages that bounced softly give an address up.", "5", _number
    )
    mail_soft_days: int = setting("MAIL_SOFT_DAYS", "Days within which they are counted.", "30", _number)
    alerts_mail: tuple[str, ...] = setting(
        "STATION_ALERTS_MAIL", "Addresses, by commas, that are told of each urgent work item.", "", _list
    )
    alerts_webhook: str = setting(
        "STATION_ALERTS_WEBHOOK", "Address that each urgent work item is posted to, as signed JSON.", ""
    )
    alerts_secret: str = setting(
        "STATION_ALERTS_SECRET", "Signs what is posted there; 32 characters or more.", "", secret=True
    )
    screening_trusted_networks: tuple[IPv4Network | IPv6Network, ...] = setting(
        "SCREENING_TRUSTED_NETWORKS",
        "Networks of our own, by commas, that no budget of the pledge form stops: the phone room's.",
        "",
        _networks,
    )
    screening_seconds: int = setting(
        "SCREENING_SECONDS",
        "A pledge form sent sooner after it was shown must prove that a person sent it.",
        "2",
        _number,
    )
    screening_work: int = setting(
        "SCREENING_WORK",
        "The most hashes that a browser tries for that proof; half of them on average.",
        "100000",
        _number,
    )
    movable_clock: bool = setting(
        "STATION_MOVABLE_CLOCK",
        "Development and tests: one clock file moves the time of web, worker, beat and sandbox together.",
        lambda known: "no" if known["mode"] == "production" else "yes",
        _flag,
    )
    web_workers: int = setting("STATION_WEB_WORKERS", "Web processes; each has four threads.", "2", _number)
    worker_processes: int = setting("STATION_WORKER_PROCESSES", "Celery pool processes.", "2", _number)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all settings. Raises SettingsError that lists every problem, each on a line of its own."""
        environ = os.environ if environ is None else environ
        problems: list[str] = []
        known: dict[str, Any] = {}
        for item in fields(cls):
            known[item.name] = _read(item.metadata, environ, known, problems)
        problems += _unknown(environ)
        problems += _refusals(known, environ)
        if problems:
            raise SettingsError(problems)
        return cls(**known)

    def __repr__(self) -> str:
        shown = (
            f"{f.name}={'<secret>' if f.metadata['secret'] else repr(getattr(self, f.name))}" for f in fields(self)
        )
        return f"Settings({', '.join(shown)})"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def mailbox(self) -> bool:
        """True when mail goes to the local mailbox, which passes nothing on: no port of a real mail server."""
        local = self.mail_host in ("127.0.0.1", "localhost") and self.mail_security == "none"
        return local and self.mail_port not in SMTP_PORTS

    @property
    def livemode(self) -> bool:
        """True when the Stripe key is a live one (sk_live_… or rk_live_…)."""
        return self.stripe_api_key[3:].startswith("live_")


def _read(meta: Mapping[str, Any], environ: Mapping[str, str], known: dict[str, Any], problems: list[str]) -> Any:
    raw = _raw(meta["env"], environ, problems)
    if raw is None:
        default = meta["default"]
        raw = default(known) if callable(default) else default
    try:
        return meta["read"](str(raw))
    except (ValueError, KeyError):
        shown = "its value" if meta["secret"] else repr(raw)
        problems.append(f"{meta['env']}: {shown} is not {_WANTED.get(meta['read'], 'understood')}.")
        default = meta["default"]
        return meta["read"](str(default(known) if callable(default) else default))


def _raw(name: str, environ: Mapping[str, str], problems: list[str]) -> str | None:
    path = environ.get(f"{name}_FILE")
    if path and name in environ:
        problems.append(f"{name} and {name}_FILE are both set; keep one.")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            problems.append(f"{name}_FILE: cannot read {path} ({error.strerror}).")
    return environ.get(name)


def _unknown(environ: Mapping[str, str]) -> list[str]:
    names = {f.metadata["env"] for f in fields(Settings)}
    ours = (
        n
        for n in environ
        if n.startswith(("STATION_", "STRIPE_", "MAIL_", "SCREENING_")) and not n.startswith("STATION_TEST_")
    )
    return [
        f"{n} is not a setting of Station (docs/settings.md lists them)."
        for n in sorted(ours)
        if n not in names and n.removesuffix("_FILE") not in names
    ]


def _scheme(url: str) -> str:
    return url.partition(":")[0]


def _refusals(known: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """What each mode refuses. Production refuses everything that belongs to the demonstration."""
    checks = _general(known) + (_production_refusals(known, environ) if known["mode"] == "production" else [])
    return [problem for bad, problem in checks if bad]


def _general(known: Mapping[str, Any]) -> list[tuple[bool, str]]:
    short = any(len(key) < 32 for key in known["secret_key_fallbacks"])
    address = known["base_url"]
    wide = [str(n) for n in known["screening_trusted_networks"] if n.prefixlen < WIDEST_TRUSTED[n.version]]
    return [
        (known["mode"] not in MODES, f"STATION_MODE: {known['mode']!r} is not one of {', '.join(MODES)}."),
        (known["refund_limit"] < 0, "STATION_REFUND_LIMIT is below zero."),
        (len(known["secret_key"]) < 32, "SECRET_KEY is shorter than 32 characters."),
        (short, "SECRET_KEY_FALLBACKS: a key is shorter than 32 characters."),
        (known["proxies"] < 0, "STATION_PROXIES is below zero."),
        (not 0 < known["port"] < 65_533, "STATION_PORT is not between 1 and 65532 (the next three are used, too)."),
        (not 0 < known["mail_port"] < 65_536, "MAIL_PORT is not between 1 and 65535."),
        (not 0 < known["stripe_timeout"] < 81, "STRIPE_TIMEOUT is not between 1 and 80 seconds."),
        (
            min(known["web_workers"], known["worker_processes"]) < 1,
            "STATION_WEB_WORKERS, STATION_WORKER_PROCESSES: at least one of each is needed.",
        ),
        (bool(wide), f"SCREENING_TRUSTED_NETWORKS: {', '.join(wide)} is wider than a network of your own can be."),
        (not 0 <= known["screening_seconds"] <= 60, "SCREENING_SECONDS is not between 0 and 60."),
        (
            not 1_000 <= known["screening_work"] <= 10_000_000,
            "SCREENING_WORK is not between 1000 and 10000000 (a phone tries some hundred thousand a second).",
        ),
        (known["mail_security"] not in ("none", "starttls", "tls"), "MAIL_SECURITY is not none, starttls or tls."),
        (
            bool(known["purge_url"]) and _scheme(known["purge_url"]) not in ("http", "https"),
            "STATION_PURGE_URL is not an http(s) address.",
        ),
        (known["purge_method"] not in ("POST", "PURGE"), "STATION_PURGE_METHOD is neither POST nor PURGE."),
        (
            known["ssi"] and known["mode"] == "production" and known["proxies"] == 0,
            "STATION_SSI: there is no nginx in front where STATION_PROXIES is 0.",
        ),
        *_mail_problems(known),
        *_bounce_problems(known),
        (
            any("@" not in each for each in known["alerts_mail"]),
            "STATION_ALERTS_MAIL is not a list of email addresses, by commas.",
        ),
        (
            bool(known["alerts_webhook"]) and _scheme(known["alerts_webhook"]) not in ("http", "https"),
            "STATION_ALERTS_WEBHOOK is not an http(s) address.",
        ),
        (
            bool(known["alerts_webhook"]) and len(known["alerts_secret"]) < 32,
            "STATION_ALERTS_SECRET: what is posted to STATION_ALERTS_WEBHOOK is signed with 32 characters or more.",
        ),
        (
            _scheme(address) not in ("http", "https") or address.endswith("/"),
            "STATION_URL is not an http(s) address without a slash at the end.",
        ),
        (
            _scheme(known["database_url"]) not in DATABASES,
            f"DATABASE_URL begins with none of {', '.join(DATABASES)}.",
        ),
        (
            _scheme(known["celery_broker_url"]) not in BROKERS,
            f"CELERY_BROKER_URL begins with none of {', '.join(BROKERS)}.",
        ),
    ]


def _mail_problems(known: Mapping[str, Any]) -> list[tuple[bool, str]]:
    rates = [rate.provider for rate in known["mail_rates"]]
    return [
        ("@" not in known["mail_receipts_from"], "MAIL_RECEIPTS_FROM is not an email address."),
        ("@" not in known["mail_appeals_from"], "MAIL_APPEALS_FROM is not an email address."),
        (
            bool(known["mail_bounces_to"]) and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", known["mail_bounces_to"]),
            "MAIL_BOUNCES_TO is not an email address.",
        ),
        ("other" not in rates, "MAIL_RATES says nothing about other."),
        (len(set(rates)) != len(rates), "MAIL_RATES names a provider twice."),
        (known["mail_bulk_processes"] < 1, "MAIL_BULK_PROCESSES: at least one is needed."),
    ]


def _bounce_problems(known: Mapping[str, Any]) -> list[tuple[bool, str]]:
    local, box = known["mail_bounces_to"].rpartition("@")[0], known["mail_bounces_imap"]
    in_the_clear = _scheme(box) == "imap" and urlsplit(box).hostname not in ("127.0.0.1", "localhost")
    return [
        (
            len(local) > LONGEST_BOUNCES_LOCAL,
            f"MAIL_BOUNCES_TO: {LONGEST_BOUNCES_LOCAL} letters before the @ at most, as 43 more come behind them.",
        ),
        (
            bool(box) and (_scheme(box) not in ("imap", "imaps") or not urlsplit(box).hostname),
            "MAIL_BOUNCES_IMAP is not an address such as imaps://user:password@host/INBOX.",
        ),
        (known["mode"] == "production" and in_the_clear, "MAIL_BOUNCES_IMAP: production reads mail over imaps only."),
        (
            known["mail_soft_bounces"] < 1 or known["mail_soft_days"] < 1,
            "MAIL_SOFT_BOUNCES, MAIL_SOFT_DAYS: 1 or more.",
        ),
    ]


def _production_refusals(known: Mapping[str, Any], environ: Mapping[str, str]) -> list[tuple[bool, str]]:
    def missing(name: str) -> bool:
        return not (environ.get(name) or environ.get(f"{name}_FILE"))

    key, secret = known["stripe_api_key"], known["stripe_webhook_secret"]
    password_in_the_clear = bool(known["mail_username"]) and known["mail_security"] == "none"
    return [
        (known["secret_key"] == DEMO_SECRET, "SECRET_KEY: production refuses the demo secret; make one of your own."),
        (DEMO_SECRET in known["secret_key_fallbacks"], "SECRET_KEY_FALLBACKS: production refuses the demo secret."),
        (
            known["proxies"] == 0,
            "STATION_PROXIES: production stands behind a proxy that ends TLS; say how many (nginx alone: 1).",
        ),
        (password_in_the_clear, "MAIL_SECURITY: production sends no password in the clear; set starttls or tls."),
        (secret == DEMO_WEBHOOK_SECRET, "STRIPE_WEBHOOK_SECRET: production refuses the demo secret."),
        (not secret, "STRIPE_WEBHOOK_SECRET: production needs the endpoint's signing secret."),
        (
            known["stripe_webhook_secret_next"] == DEMO_WEBHOOK_SECRET,
            "STRIPE_WEBHOOK_SECRET_NEXT: production refuses the demo secret.",
        ),
        (
            not key.startswith(LIVE_KEYS),
            "STRIPE_API_KEY: production refuses a test key and needs a live one (sk_live_… or rk_live_…).",
        ),
        (
            not known["stripe_publishable_key"].startswith("pk_live_"),
            "STRIPE_PUBLISHABLE_KEY: production needs the live one (pk_live_…) of the same account.",
        ),
        (bool(known["stripe_api_base"]), "STRIPE_API_BASE: production refuses the sandbox; unset it."),
        ("STATION_TEST_PAUSE_AT" in environ, "STATION_TEST_PAUSE_AT: production stops at no point; unset it."),
        ("STATION_TEST_POINTS" in environ, "STATION_TEST_POINTS: production writes down no points; unset it."),
        (
            _scheme(known["alerts_webhook"]) == "http",
            "STATION_ALERTS_WEBHOOK: production posts nothing in the clear; use https.",
        ),
        (
            bool(known["purge_token"]) and _scheme(known["purge_url"]) == "http",
            "STATION_PURGE_URL: production sends STATION_PURGE_TOKEN over https only.",
        ),
        (known["movable_clock"], "STATION_MOVABLE_CLOCK: production refuses the movable clock."),
        (missing("DATABASE_URL"), "DATABASE_URL: production needs its database named."),
        (
            missing("CELERY_BROKER_URL") or _scheme(known["celery_broker_url"]).startswith("sqla"),
            "CELERY_BROKER_URL: production needs a broker (amqp://… or redis://…).",
        ),
        (missing("MAIL_HOST"), "MAIL_HOST: production needs a mail server."),
        (
            known["mail_appeals_from"].lower() == known["mail_receipts_from"].lower(),
            "MAIL_APPEALS_FROM: receipts and appeals have senders of their own, so that a complaint about one holds "
            "up only one.",
        ),
        (not known["trusted_hosts"], "TRUSTED_HOSTS: production needs the host names that it answers."),
        (_scheme(known["base_url"]) == "http", "STATION_URL: production needs an https:// address."),
    ]
