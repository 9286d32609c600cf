"""A policy before it is in force: what it would change or have done, and its installation."""
