"""Stand-ins for outside services, for development and tests. Production never imports this package."""
