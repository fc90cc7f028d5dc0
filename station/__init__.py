"""Station: the membership and pledge platform for public radio. Start with docs/architecture.md."""
