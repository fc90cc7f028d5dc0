#!/bin/sh
# tools/lock.sh PYTHON: makes requirements/*.txt anew from pyproject.toml, pinned with hashes and without addresses.
# uv resolves; it lives in a throw-away environment and is never needed to install or to run.
set -eu
cd "$(dirname "$0")/.."
maker=$(mktemp -d)
trap 'rm -rf "$maker"' EXIT
"$1" -m venv "$maker/venv"
"$maker/venv/bin/python" -m pip install --disable-pip-version-check --quiet uv

lock() { # file, then what selects the packages
  file=requirements/$1.txt; shift
  echo "Locking $file …"
  "$maker/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-emit-find-links --upgrade "$@" -o "$file"
}

lock production pyproject.toml
lock run pyproject.toml --group run
lock dev pyproject.toml --group dev
lock bench pyproject.toml --group bench
if grep -nE 'https?://|index-url|find-links|trusted-host' requirements/*.txt; then
  echo "An address got into requirements/: see the lines above." >&2
  exit 1
fi
