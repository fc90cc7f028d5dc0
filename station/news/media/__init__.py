"""Files of our own pictures and recordings: where they lie, and the room of its own in which they are opened."""
