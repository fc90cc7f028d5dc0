"""The two ceremonies of a passkey (WebAuthn Level 3, §7.1 and §7.2): what is asked of a browser, and what its answer
proves. The checks are py_webauthn's; what they are checked against is decided here.

A passkey is discoverable and verifies its owner (a finger, a face, a PIN), so that one touch is name, password and
second factor at once. Answers are the JSON of PublicKeyCredential.toJSON().
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import (
    bytes_to_base64url,
    options_to_json_dict,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE_LASTS = timedelta(minutes=5)
_TIMEOUT_MS = int(CHALLENGE_LASTS.total_seconds() * 1000)
_ASKED = (AttestationFormat.NONE, AttestationFormat.PACKED)  # no attestation, or a key that vouches for itself
_UNREADABLE = (WebAuthnException, ValueError, RecursionError)  # the last one: JSON or CBOR a thousand levels deep


@dataclass(frozen=True)
class RelyingParty:
    """Whom a passkey is for: a host name, and the one origin whose pages may use it."""

    id: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    """A key that has proved itself: its id in base64url, its COSE public key, and its first count."""

    credential_id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Claim:
    """Which key, and whose, an answer says that it comes from. Nothing is proved yet."""

    credential_id: str
    user_id: UUID | None


def relying_party(base_url: str) -> RelyingParty | None:
    """The relying party of a site's address; None where browsers allow no passkeys, because its host is a number."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return RelyingParty(host, f"{parts.scheme}://{parts.netloc}".lower())
    return None


def creation_options(
    party: RelyingParty, site: str, challenge: bytes, user_id: UUID, email: str, name: str, known: Collection[str]
) -> dict[str, Any]:
    """What a browser needs to make a passkey: PublicKeyCredentialCreationOptionsJSON. `known` are keys they have."""
    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name=site,
            user_id=user_id.bytes,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(webauthn.base64url_to_bytes(each)) for each in known],
        )
    )


def request_options(party: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """What a browser needs to offer its passkeys: PublicKeyCredentialRequestOptionsJSON, whoever comes."""
    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=party.id,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def new_key(party: RelyingParty, challenge: bytes, answer: str) -> NewKey | None:
    """The key that an answer to `creation_options` proves; None when it proves none."""
    try:
        credential = parse_registration_credential_json(answer)
        attestation = parse_attestation_object(credential.response.attestation_object)
        if attestation.fmt not in _ASKED or attestation.att_stmt.x5c:
            return None
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    return NewKey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def claimed(answer: str) -> Claim | None:
    """What an answer to `request_options` claims; None when it cannot be read."""
    try:
        credential = parse_authentication_credential_json(answer)
    except _UNREADABLE:
        return None
    handle = credential.response.user_handle
    return Claim(
        bytes_to_base64url(credential.raw_id),
        UUID(bytes=handle) if handle is not None and len(handle) == 16 else None,
    )


def proved_count(party: RelyingParty, challenge: bytes, answer: str, public_key: bytes) -> int | None:
    """How often the key says it has signed, once an answer proves that it holds the private key; None otherwise.

    The library would refuse a count that falls before it looks at the signature, so that a stranger could raise the
    alarm; it is told nothing of the last count, and `is_copied` asks afterwards.
    """
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _UNREADABLE:
        return None
    return verified.new_sign_count


def is_copied(last: int, now: int) -> bool:
    """Whether a count that did not grow says that two devices hold the key (§6.1.1). Synced keys do not count."""
    return (last > 0 or now > 0) and now <= last
