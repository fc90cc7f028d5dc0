"""`python -m station …` is the `station` command."""

from station.web.cli import main

main()
