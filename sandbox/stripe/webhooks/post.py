"""Posts one signed event: docs.stripe.com/webhooks#verify-manually (`t=…,v1=…`, HMAC-SHA256)."""

from __future__ import annotations

import http.client
import json
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from stripe import WebhookSignature

from sandbox.stripe.core.shapes import Obj

TIMEOUT = 10.0


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def post(url: str, secret: str, event: Obj) -> tuple[int | None, str | None]:
    """The endpoint's status, or what went wrong; redirects are not followed, other hosts are not called."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname):
        return None, "the sandbox only calls http addresses on this machine"
    body = json.dumps(event, indent=2)
    signature: str = WebhookSignature.generate_signature_header(body, secret, int(time.time()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": signature,
    }
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body.encode(), headers)
        answer = connection.getresponse()
        answer.read(65_536)
        return answer.status, None if 200 <= answer.status < 300 else f"answered {answer.status}"
    except OSError as error:
        return None, f"{type(error).__name__}: {error}"
    except http.client.HTTPException as error:
        return None, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
