"""The top of the house: the application factory, headers, errors, health, static files, the `station` command.

Puts all packages together (`assembly`), lowest first; nothing imports it but the entry points.
"""
