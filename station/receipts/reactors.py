"""What receipts do when a lower package speaks up: what mail could not bring goes on paper."""

from __future__ import annotations

from uuid import UUID

from station.mail.facts import MailBounced
from station.receipts import queries
from station.receipts.services import post, post_letter, post_void_letter
from station.receipts.services.statements import sending as statements

HARD = "hard"
CAME_BACK = "The mail with it came back: the address does not take mail."


def mail_bounced(bounced: MailBounced) -> None:
    """A receipt, a letter or a statement that an address gave back for good becomes a print job, and so does the word
    that a letter is void. What is void itself needs none.
    """
    if bounced.severity != HARD:
        return
    first = bounced.key.partition(":again:")[0]
    if bounced.kind in ("receipt", "receipt_replaced"):
        _print_receipt(first)
    elif bounced.kind in ("letter", "letter_void"):
        _print_letter(first, bounced.kind == "letter_void")
    elif bounced.kind == statements.KIND and (statement_id := _uuid(first)):
        statements.post_statement(statement_id, CAME_BACK)


def _print_receipt(key: str) -> None:
    reference = _uuid(key.partition(":")[0])
    receipt = queries.receipt_of(reference) if reference else None
    if receipt is not None:
        post(receipt.id, receipt.label, receipt.donor_name, CAME_BACK)


def _print_letter(key: str, void: bool) -> None:
    found = _uuid(key.partition(":")[0])
    letter = queries.letter(found) if found else None
    if letter is not None and bool(letter.void_because) == void:
        (post_void_letter if void else post_letter)(letter.id, letter.label, letter.to_name, CAME_BACK)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
