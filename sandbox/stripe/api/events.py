"""Events and webhook endpoints: docs.stripe.com/api/events, docs.stripe.com/api/webhook_endpoints.

`delivery_success` is what a client uses to pick up what it missed
(docs.stripe.com/webhooks/process-undelivered-events).
"""

from __future__ import annotations

from sandbox.stripe.api.registry import Call, listing, merged_metadata, route
from sandbox.stripe.contract import sdk
from sandbox.stripe.core.clock import DAY
from sandbox.stripe.core.errors import invalid, no_such
from sandbox.stripe.core.shapes import Obj, make, new_id

KEPT = 30 * DAY  # docs.stripe.com/api/events


def _undelivered(call: Call) -> dict[str, int]:
    counts: dict[str, int] = {}
    store = call.sandbox.store
    for row in [*store.all("_delivery"), *store.all("_undelivered")]:
        counts[row["event"]] = counts.get(row["event"], 0) + 1
    return counts


@route("get /v1/events/{id}")
def retrieve(call: Call) -> Obj:
    event = call.load("event", "id")
    if event["created"] < call.sandbox.now() - KEPT:
        raise no_such("event", event["id"])
    event["pending_webhooks"] = _undelivered(call).get(event["id"], 0)
    return event


@route("get /v1/events", "limit starting_after ending_before created type types delivery_success")
def list_(call: Call) -> Obj:
    if "type" in call.params and "types" in call.params:
        raise invalid("You may pass either `type` or `types`, but not both.", "types")
    wanted = call.params.get("types") or ([call.params["type"]] if "type" in call.params else None)
    waiting = _undelivered(call)
    oldest = call.sandbox.now() - KEPT

    def keep(event: Obj) -> bool:
        if event["created"] < oldest or (wanted and not any(_matches(event["type"], w) for w in wanted)):
            return False
        delivered = event["id"] not in waiting
        return bool(call.params.get("delivery_success", delivered) == delivered)

    found = listing(call, "event", keep=keep)
    for event in found["data"]:
        event["pending_webhooks"] = waiting.get(event["id"], 0)
    return found


def _matches(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith("*") else kind == wanted


@route("post /v1/webhook_endpoints", "url enabled_events description metadata api_version")
def create_endpoint(call: Call) -> Obj:
    """The signing secret is in this answer only: docs.stripe.com/api/webhook_endpoints/object."""
    if call.params.get("api_version", sdk.API_VERSION) != sdk.API_VERSION:
        raise invalid(f"The sandbox renders events as {sdk.API_VERSION} only.", "api_version")
    endpoint = make(
        "webhook_endpoint",
        call.sandbox.now(),
        url=call.params["url"],
        status="enabled",
        enabled_events=call.params["enabled_events"],
        description=call.params.get("description"),
        metadata=call.params.get("metadata") or {},
        api_version=sdk.API_VERSION,
    )
    secret = new_id("whsec_", 32)
    call.sandbox.store.save(endpoint)
    call.sandbox.store.put("_secret", {"id": endpoint["id"], "secret": secret})
    return {**endpoint, "secret": secret}


@route("get /v1/webhook_endpoints/{webhook_endpoint}")
def retrieve_endpoint(call: Call) -> Obj:
    return call.load("webhook_endpoint", "webhook_endpoint")


@route("get /v1/webhook_endpoints", "limit starting_after ending_before")
def list_endpoints(call: Call) -> Obj:
    return listing(call, "webhook_endpoint")


@route("post /v1/webhook_endpoints/{webhook_endpoint}", "url enabled_events description metadata disabled")
def update_endpoint(call: Call) -> Obj:
    endpoint = call.load("webhook_endpoint", "webhook_endpoint")
    for name in ("url", "enabled_events", "description"):
        if name in call.params:
            endpoint[name] = call.params[name]
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    endpoint["metadata"] = merged_metadata(endpoint["metadata"], call.params.get("metadata", {}))
    return call.sandbox.store.save(endpoint)


@route("delete /v1/webhook_endpoints/{webhook_endpoint}")
def delete_endpoint(call: Call) -> Obj:
    endpoint = call.load("webhook_endpoint", "webhook_endpoint")
    call.sandbox.store.drop("webhook_endpoint", endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}
