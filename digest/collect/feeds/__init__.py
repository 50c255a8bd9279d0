"""Feeds: when to poll, how to poll, and how to read what comes."""
