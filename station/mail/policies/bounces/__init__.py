"""Messages that come back, read and judged. Pure: bytes in, plain values out, and never an exception."""

from station.mail.policies.bounces.judging import failed, severity_of
from station.mail.policies.bounces.mime import LARGEST_READ
from station.mail.policies.bounces.reading import read
from station.mail.policies.bounces.shapes import Reading, Told

__all__ = ["LARGEST_READ", "Reading", "Told", "failed", "read", "severity_of"]
