"""Measures of Station that `make bench` prints and keeps in bench/results.json (never committed).

A measure is a function in a module of this folder, registered by `@measure`; it returns a `Result`. Machines vary, so
what is compared is compared in the same process, in interleaved rounds, by CPU time; the median is told with its
spread. Leave out what a machine lacks by returning None and saying so.
"""
