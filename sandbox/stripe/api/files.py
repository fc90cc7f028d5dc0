"""Files, for the evidence of disputes: docs.stripe.com/file-upload. They come as multipart/form-data."""

from __future__ import annotations

import base64
from typing import Any

from sandbox.stripe.api.registry import Call, listing, route
from sandbox.stripe.core.errors import invalid, missing
from sandbox.stripe.core.shapes import Obj, make

LARGEST = 5_000_000  # docs.stripe.com/file-upload#uploading-a-file: evidence of disputes
KINDS = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


@route("post /v1/files", "file purpose")
def create(call: Call) -> Obj:
    given: dict[str, Any] = call.params
    upload, purpose = given["file"], given["purpose"]
    if not isinstance(upload, dict):
        raise missing("file")
    data = base64.b64decode(upload["data"])
    kind = next((name for start, name in KINDS.items() if data.startswith(start)), None)
    if purpose != "dispute_evidence":
        raise invalid(
            "The sandbox takes files for the evidence of disputes only.", "purpose", "sandbox_not_implemented"
        )
    if kind is None:
        raise invalid("Evidence is a PDF, JPEG or PNG file.", "file", "invalid_file_type")
    if len(data) > LARGEST:
        raise invalid("Evidence has at most 5 MB.", "file", "file_too_large")
    found = make("file", call.sandbox.now(), filename=upload["filename"], purpose=purpose, size=len(data), type=kind)
    call.sandbox.store.put("_file", {"id": found["id"], "data": upload["data"]})
    return call.sandbox.store.save(found)


@route("get /v1/files/{file}")
def retrieve(call: Call) -> Obj:
    return call.load("file", "file")


@route("get /v1/files", "limit starting_after ending_before created purpose")
def list_(call: Call) -> Obj:
    return listing(call, "file", "purpose")
