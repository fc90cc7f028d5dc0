"""An aiosmtpd server that takes every message and keeps none: `python -m bench.mail_sink PORT`."""

from __future__ import annotations

import asyncio
import sys

from aiosmtpd.controller import UnthreadedController


class Nothing:
    """Takes it."""

    async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802
        return "250 OK"


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    UnthreadedController(Nothing(), hostname="127.0.0.1", port=int(sys.argv[1]), loop=loop).begin()
    loop.run_forever()
