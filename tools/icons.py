"""Make the sprite of the icons that the pages use, from the package that tools/icons.toml pins.

    npm pack lucide-static@VERSION
    python -m tools.icons lucide-static-VERSION.tgz

Writes station/static/img/icons.svg, one symbol an icon under its own name, and the licence beside it. A tarball whose
SHA-512 is not the pinned one is refused. A new icon: add its name to tools/icons.toml and use it; a test refuses
icons that no template uses.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
import tomllib
import xml.etree.ElementTree as ET
from base64 import b64encode
from pathlib import Path
from typing import Any

from config import ROOT

PIN = ROOT / "tools" / "icons.toml"
SPRITE = ROOT / "station" / "static" / "img" / "icons.svg"
LICENCE = SPRITE.with_name("icons-ISC.txt")
SVG = "http://www.w3.org/2000/svg"


def pinned() -> dict[str, Any]:
    """The package, its version and integrity (as npm writes it), and the names of the icons."""
    return tomllib.loads(PIN.read_text(encoding="utf-8"))


def symbol(name: str, drawing: str) -> str:
    """One icon of the package as a symbol; stroke and fill are the page's own (`.icon` in css/base.css)."""
    root = ET.fromstring(drawing)  # noqa: S314  # a file whose hash is pinned
    shapes = []
    for shape in root:
        attributes = "".join(f' {key}="{value}"' for key, value in shape.attrib.items())
        shapes.append(f"<{shape.tag.removeprefix(f'{{{SVG}}}')}{attributes}/>")
    return f'<symbol id="{name}" viewBox="{root.attrib["viewBox"]}">{"".join(shapes)}</symbol>'


def sprite(package: bytes) -> tuple[str, str]:
    """The sprite and the licence out of the package's tarball. Raises ValueError when it is not the pinned one."""
    pin = pinned()
    found = "sha512-" + b64encode(hashlib.sha512(package).digest()).decode()
    if found != pin["integrity"]:
        raise ValueError(f"this is not {pin['package']} {pin['version']}: {found}")
    with tarfile.open(fileobj=io.BytesIO(package)) as files:

        def text(name: str) -> str:
            member = files.extractfile(f"package/{name}")
            if member is None:
                raise ValueError(f"{name} is not a file")
            return member.read().decode()

        symbols = [symbol(name, text(f"icons/{name}.svg")) for name in pin["icons"]]
        head = f'<svg xmlns="{SVG}"><!-- {pin["package"]} {pin["version"]}: see {LICENCE.name} -->'
        return "\n".join([head, *symbols, "</svg>", ""]), text("LICENSE")


if __name__ == "__main__":
    drawings, licence = sprite(Path(sys.argv[1]).read_bytes())
    SPRITE.write_text(drawings, encoding="utf-8")
    LICENCE.write_text(licence, encoding="utf-8")
    print(SPRITE.relative_to(ROOT), len(drawings), "bytes")
