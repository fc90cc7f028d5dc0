"""`python -m sandbox.mailbox --smtp-port 8402 --web-port 8403 --folder instance/mailbox`"""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from pathlib import Path

from werkzeug.serving import make_server

from sandbox.mailbox.smtp import Sink, listen
from sandbox.mailbox.store import Store
from sandbox.mailbox.viewer import make_viewer

log = logging.getLogger("mailbox")


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for noisy in ("werkzeug", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    store = Store(options.folder)
    smtp = listen(Sink(store), options.host, options.smtp_port)
    web = make_server(options.host, options.web_port, make_viewer(store), threaded=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=web.shutdown).start())
    log.info("mailbox: SMTP on port %d, web on port %d", options.smtp_port, options.web_port)
    web.serve_forever()
    smtp.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox.mailbox", description="Takes mail over SMTP and shows it.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--smtp-port", type=int, default=8402)
    parser.add_argument("--web-port", type=int, default=8403)
    parser.add_argument("--folder", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
