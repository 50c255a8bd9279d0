"""A week of press becomes an edition in the mailbox."""

__version__ = "0.2.0"
