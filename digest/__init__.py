"""digest: makes a newsletter of a week's articles, and mails it."""

__version__ = "0.2.0"
