"""What every part of the sandbox stands on: time, state, shapes, errors, faults."""
