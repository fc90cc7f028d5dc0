#!/bin/sh
# tools/examiners.sh: puts the programs of tests/examiners/package-lock.json into node_modules there. No install script runs.
set -eu
cd "$(dirname "$0")/../tests/examiners"
command -v npm >/dev/null 2>&1 || { echo "npm was not found. Install Node 20 or newer (Debian and Ubuntu: apt install nodejs npm)." >&2; exit 1; }

# up to date already: npm keeps what it installed in a list that is newer than ours
if [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ]; then exit 0; fi
echo "Examiners: installing Stripe's command line, TypeScript, the types of Stripe.js, the Nu Html Checker and Lighthouse …"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
