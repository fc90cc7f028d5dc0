"""Who works at the desk: staff, their roles and sessions, and the work that waits for them.

Knows: sign-in (password, then a second factor; or a passkey), sudo, invitations, sessions as rows, guards of
blueprints, work items, a second person's approval, the reading of the audit trail, and the places that higher
packages fill on desk pages (navigation, tiles, work queues).
Invariants: only hashes of passwords, tokens and recovery codes are stored; a one-time code works once, and a
passkey's challenge is answered once; a session without a second factor opens nothing; there is always an admin who
can sign in; one open work item a key.
"""
