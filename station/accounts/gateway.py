"""The door to the alerts' webhook: signed JSON, posted to the address of the settings."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from station.core import clock
from station.core.runtime import settings

TIMEOUT = 15  # seconds
SIGNATURE = "Station-Signature"


class AlertNotTaken(Exception):
    """The other side did not answer with 2xx: it may the next time."""


class _NoRedirects(HTTPRedirectHandler):
    """What is signed for one address is posted to no other."""

    def redirect_request(self, *_args: object) -> None:
        return None


_opener = build_opener(_NoRedirects)


def post_alert(body: Mapping[str, str]) -> None:
    """Post an alert. Raises AlertNotTaken for any answer but 2xx, and for none.

    The header is `t=<seconds>,v1=<hex>`: an HMAC-SHA256 with STATION_ALERTS_SECRET over `<seconds>.<body>`, as
    docs.stripe.com/webhooks/signature has it, so that what checks one checks the other.
    """
    raw, at = json.dumps(dict(body)).encode(), int(clock.now().timestamp())
    signed = hmac.digest(settings().alerts_secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hex()
    headers = {"Content-Type": "application/json", SIGNATURE: f"t={at},v1={signed}", "User-Agent": "Station"}
    request = Request(settings().alerts_webhook, raw, headers, method="POST")  # noqa: S310  # http(s): config.py
    try:
        _opener.open(request, timeout=TIMEOUT).close()
    except HTTPError as error:
        raise AlertNotTaken(f"the webhook answered {error.code}") from None
    except (OSError, HTTPException) as error:
        raise AlertNotTaken(f"the webhook does not answer ({type(error).__name__})") from None
