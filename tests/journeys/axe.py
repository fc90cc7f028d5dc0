"""axe in a page or in one of its frames."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, Page

TOLD = ("violations", "incomplete")
# Every rule is run. What passed is nothing that anyone here reads: axe need not write down each element of it, nor
# the browser hand it over, which took longer than the rules themselves.
RUN = """([options, told]) => axe.run({...options, resultTypes: told})
  .then(found => Object.fromEntries(told.map(kind => [kind, found[kind]])))"""


def found_by_axe(where: Page | Frame, tags: list[str] | None = None, contrast: bool = True) -> dict[str, Any]:
    """What axe holds against it, and what it leaves undecided; without `tags` by all rules that axe has on."""
    options: dict[str, Any] = {"rules": {"color-contrast": {"enabled": contrast}}}
    if tags is not None:
        options["runOnly"] = {"type": "tag", "values": tags}
    if not where.evaluate("typeof axe === 'object'"):  # looked at before, in another colour or width
        where.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = where.evaluate(RUN, [options, TOLD])
    return found
