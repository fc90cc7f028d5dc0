"""The page harness: every HTML page that any test fetches is parsed strictly and held to the rules of the house."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

from justhtml import JustHTML

from station.web.assets import FOLDER, asset

INLINE_HANDLER = re.compile(r"^on[a-z]+$")
DATA = "application/ld+json"  # what search engines read of a page
LABELLED = ("input", "select", "textarea")
UNLABELLED_TYPES = ("hidden", "submit", "button", "image", "reset")
REFERENCES = frozenset(("for", "aria-describedby", "aria-labelledby", "aria-controls"))

Named = dict[str, list[Any]]  # the elements of a page by their names

# what a page says once and no other page again: what is signed, and the ids of rows
MARK = re.compile(r"""(?<=")[\w-]{20,80}\.[\w-]{6}\.[\w-]{27}(?=")|(?<=_)[0-9a-hjkmnp-tv-z]{26}(?![\w-])""")
PROPER: set[tuple[bytes, str]] = set()  # pages of this run in which nothing was wrong, with their policies


class BadPage(AssertionError):
    """What is wrong with a page, one line each."""


def check_page(response: Any, path: str) -> None:
    """Raise BadPage when an HTML answer breaks a rule: strict HTML, one h1 in the title, unique ids, labels, no
    inline script or style, no script file that its own policy does not let in, a language, and no cookie on a public
    page."""
    if response.mimetype != "text/html" or response.status_code in (301, 302, 303, 304, 308) or not response.data:
        return
    if response.headers.get("X-Fragment"):
        return
    policy = response.headers.get("Content-Security-Policy", "")
    text = response.get_data(as_text=True)
    known = (alike(text), policy)
    found = [] if known in PROPER and "\0" not in text else problems(text, policy)
    if not found:
        PROPER.add(known)
    if not path.startswith("/desk") and "Set-Cookie" in response.headers:
        found.append("a public page sets a cookie")
    if "default-src 'none'" not in policy or "unsafe-" in policy:
        found.append(f"its content security policy is weak: {policy!r}")
    if found:
        raise BadPage("\n".join([f"{response.status_code} {path}", *found]))


def problems(text: str, policy: str = "") -> list[str]:
    """Everything that is wrong with a page that comes with this content security policy."""
    page = JustHTML(text, collect_errors=True, sanitize=False)
    found = [f"not valid HTML: {error}" for error in page.errors] + Balance.of(text)
    nodes = elements(page)
    named: Named = defaultdict(list)
    for node in nodes:
        named[node.name].append(node)
    found += _headings(named) + _ids(nodes) + _forms(named) + _policy(nodes) + _scripts(named, policy) + _icons(named)
    if not named["html"][0].attrs.get("lang"):
        found.append("no language on <html>")
    found += [f"an image without alt: {node.attrs.get('src')}" for node in named["img"] if "alt" not in node.attrs]
    if "{{" in text or "&amp;amp;" in text or "&amp;lt;" in text:
        found.append("a template shows through, or something is escaped twice")
    return found


def alike(text: str) -> bytes:
    """What a page is but for its signed marks and ids: each is numbered, so that the same ones stay the same ones.

    The numbers stand between zeros, which no proper page holds.
    """
    marks: dict[str, str] = {}
    plain = MARK.sub(lambda mark: marks.setdefault(mark[0], f"\0{len(marks)}\0"), text)
    return sha256(plain.encode()).digest()


def elements(page: Any) -> list[Any]:
    """Every element of a page in its order, those in templates too: one walk, where each CSS query would be one."""
    found, waiting = [], [page.root]
    while waiting:
        node = waiting.pop()
        if node.name == "#text":
            continue
        if not node.name.startswith(("#", "!")):
            found.append(node)
        waiting += reversed(node.children or ())
        if inner := getattr(node, "template_content", None):
            waiting.append(inner)
    return found


def within(node: Any, name: str) -> bool:
    """Whether an element stands in one of this name."""
    while node := node.parent:
        if node.name == name:
            return True
    return False


class Balance(HTMLParser):
    """Every element closed where it was opened, no attribute twice: stricter than HTML, so that slips show."""

    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
            "path",
            "circle",
            "rect",
            "line",
        ]
    )

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    @classmethod
    def of(cls, text: str) -> list[str]:
        balance = cls()
        balance.feed(text)
        balance.close()
        return balance.found + [f"<{name}> is never closed" for name in balance.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        twice = [name for name, count in Counter(name for name, _ in attrs).items() if count > 1]
        self.found += [f"{name} twice on <{tag}>" for name in twice]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return None

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.found.append(f"</{tag}> at line {self.getpos()[0]} closes {self.open[-1:] or 'nothing'}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def words(node: Any) -> str:
    """The text of a node, with single spaces."""
    return " ".join(node.to_text().split())


def _headings(named: Named) -> list[str]:
    headings = named["h1"]
    titles = [node for node in named["title"] if within(node, "head")]
    if len(headings) != 1 or len(titles) != 1:
        return [f"{len(headings)} h1 and {len(titles)} titles"]
    if words(headings[0]) not in words(titles[0]) and not _a_story(named):
        return [f"the title {words(titles[0])!r} does not hold the h1 {words(headings[0])!r}"]
    return []


def _a_story(named: Named) -> bool:
    """The newsroom may give a story another title."""
    said = [(node.attrs.get("property"), node.attrs.get("content")) for node in named["meta"] if within(node, "head")]
    return ("og:type", "article") in said


def _ids(nodes: list[Any]) -> list[str]:
    counted = Counter(node.attrs["id"] for node in nodes if node.attrs.get("id"))
    found = [f"id {name!r} is used {count} times" for name, count in counted.items() if count > 1]
    for node in nodes:
        for name in REFERENCES & node.attrs.keys():
            wanted = (node.attrs[name] or "").split()
            found += [f"{name}={each!r} points nowhere" for each in wanted if each not in counted]
    return found


def _forms(named: Named) -> list[str]:
    labelled = {node.attrs["for"] for node in named["label"] if node.attrs.get("for")}
    found = []
    for node in [each for name in LABELLED for each in named[name]]:
        attrs = node.attrs
        if attrs.get("type") in UNLABELLED_TYPES or attrs.get("id") in labelled or within(node, "label"):
            continue
        if not (attrs.get("aria-label") or attrs.get("aria-labelledby")):
            found.append(f"a field without a label: {attrs.get('name')}")
    for button in named["button"]:
        if not (words(button) or button.attrs.get("aria-label")):
            found.append("a button without a name")
    for link in named["a"]:
        if "href" in link.attrs and not (words(link) or link.attrs.get("aria-label") or link.query("img[alt]")):
            found.append(f"a link without a name: {link.attrs['href']}")
    return found


def _policy(nodes: list[Any]) -> list[str]:
    found = []
    for node in nodes:
        attrs = node.attrs
        if node.name == "style" or "style" in attrs:
            found.append(f"inline style on <{node.name}>")
        found += [f"an inline handler {name} on <{node.name}>" for name in attrs if INLINE_HANDLER.match(name)]
        if "javascript:" in (attrs.get("href") or "").lower():
            found.append("a javascript: link")
    return found


def _scripts(named: Named, policy: str) -> list[str]:
    """Scripts are files that the page's policy names: our own ones as modules, others by their origin."""
    directives = dict(each.strip().partition(" ")[::2] for each in policy.split(";"))
    allowed = directives.get("script-src", "").split()
    found = []
    for node in named["script"]:
        if node.attrs.get("type") == DATA:
            found += _data(words(node))
            continue
        source = node.attrs.get("src") or ""
        ours = source.startswith("/") and not source.startswith("//")
        if not source:
            found.append("an inline script")
        elif ours and node.attrs.get("type") != "module":
            found.append(f"a script that is no module: {source}")
        elif ("'self'" if ours else "/".join(source.split("/")[:3])) not in allowed:
            found.append(f"a script that the policy of its page does not let in: {source}")
    return found


def _data(text: str) -> list[str]:
    """A data block is never run: HTML's "prepare the script element" ends at its type, before any policy is asked.

    So it needs no hash in the policy; but it has to be data, and nothing in it may end its element.
    """
    try:
        said = json.loads(text)
    except ValueError:
        return [f"a data block that is no JSON: {text[:60]!r}"]
    return [] if isinstance(said, dict) and "<" not in text else ["a data block with a < in it, or no object"]


@cache
def drawings() -> frozenset[str]:
    """The names of the icons that the sprite holds."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', (FOLDER / "img/icons.svg").read_text(encoding="utf-8")))


def _icons(named: Named) -> list[str]:
    """Each icon is in the sprite, and has a name exactly where it stands for a word."""
    found = []
    for node in named["svg"]:
        for use in node.query("use"):
            file, _, name = (use.attrs.get("href") or "").partition("#")
            if file != asset("img/icons.svg") or name not in drawings():
                found.append(f"an icon that is not in the sprite: {use.attrs.get('href')}")
            if ("aria-hidden" in node.attrs) == bool(node.attrs.get("aria-label")):
                found.append(f"an icon that is neither silent nor named: {name}")
    return found
