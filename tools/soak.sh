#!/bin/sh
# tools/soak.sh PYTHON MINUTES: runs the kill tests again and again, until the time is over or one fails.
# Each round has a storm of its own (tests/faults/test_storm.py), other disorders of every scenario of payments, and
# every broker beside this database, not only those that it is run with.
set -eu
end=$(($(date +%s) + $2 * 60)) round=0
while [ "$(date +%s)" -lt "$end" ]; do
  round=$((round + 1))
  echo "Round $round"
  STORM_SEED=$round SCENARIO_EXAMPLES=40 "$1" -m pytest -n 2 -q -x tests/payments/test_scenarios.py
  STATION_TEST_EVERY_BROKER=1 STORM_SEED=$round STORM_PLEDGES=1000 STORM_MAILS=20000 "$1" -m pytest \
    -n 2 --dist loadfile --no-loadscope-reorder -m faults -q -x tests/faults
done
"$1" -m tools.mutate
echo "$round rounds, none failed."
