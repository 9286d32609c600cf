"""Inbox: what comes back to the letters: bounces, automatic answers, complaints and replies."""
