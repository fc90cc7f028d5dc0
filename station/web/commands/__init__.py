"""What the `station` command does by itself: start processes, look after them, look within."""
