"""People and organisations: who they are and how mail reaches them.

Knows: members, their addresses, the match of a donor to a member, the member's page and its panels.
Invariants: a normalised email belongs to one member; a match never overwrites a name that is on file.
"""
