"""Learning from a stream: a row or a chunk at a time."""
