"""What is known of a person: told to them, taken away for good, or removed in its time."""
