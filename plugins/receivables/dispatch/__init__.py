"""Dispatch: the outbox, the letters in it, and their one way out of the building."""
