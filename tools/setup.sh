#!/bin/sh
# tools/setup.sh PYTHON VENV run|dev|bench: makes the environment, and brings it up to date when the pinned list has changed.
set -eu
python=$1 venv=$2 kind=$3
root=$(cd "$(dirname "$0")/.." && pwd)
list="$root/requirements/$kind.txt"

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }
digest() { "$venv/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }
is_new_enough() { "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for name in "$python" python3.11 python3.12 python3.13 python3 python; do
    if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then command -v "$name"; return; fi
  done
  fail "Python 3.11 or newer was not found. Install it (Debian and Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.11"
}

if ! [ -x "$venv/bin/python" ] || ! is_new_enough "$venv/bin/python"; then
  found=$(find_python)
  "$found" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "This Python ($found) lacks venv or ensurepip. Install them (Debian and Ubuntu: apt install python3-venv)."
  say "Environment: making $venv with $("$found" --version) …"
  "$found" -m venv --clear "$venv" || fail "The environment could not be made in $venv."
fi

is_installed() { [ -f "$venv/station-$1.stamp" ] && [ "$(cat "$venv/station-$1.stamp")" = "$(digest "$root/requirements/$1.txt")" ]; }

# bench contains dev, and dev contains run: an environment that is up to date for the larger is so for the smaller
case $kind in run) enough="run dev bench" ;; dev) enough="dev bench" ;; *) enough=$kind ;; esac
found_one=no
for larger in $enough; do if is_installed "$larger"; then found_one=yes; fi; done
if [ "$found_one" = no ]; then
  count=$(grep -c '^[a-zA-Z0-9].*==' "$list")
  say "Environment: installing $count pinned packages ($kind) …"
  rm -f "$venv/installed"
  { "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
      --only-binary :all: --require-hashes -r "$list" && : > "$venv/installed"; } |
    awk -v all="$count" '/^Collecting/ { n++; if (n % 15 == 0) print "  fetched " n " of " all }
                         /^Installing/ { print "  unpacking" }
                         /^ERROR/ { print } { fflush() }'
  [ -f "$venv/installed" ] || fail "The packages could not be installed; the lines above say why. Then try again."
  digest "$list" > "$venv/station-$kind.stamp"
  say "Environment: ready."
fi

# the project is not installed as a package: its command finds the project by the place of this environment's maker
if ! [ -x "$venv/bin/station" ] || ! grep -qF "'$root'" "$venv/bin/station"; then
  cat > "$venv/bin/station" <<SCRIPT
#!$(cd "$venv/bin" && pwd)/python
import sys
sys.path.insert(0, '$root')
from station.web.cli import main
main()
SCRIPT
  chmod +x "$venv/bin/station"
fi
