"""Editions: proposed from stories, written and read as Markdown."""

from digest.edition.curate import Draft, Window, next_date, propose, window
from digest.edition.markdown import dump, load

__all__ = ["Draft", "Window", "dump", "load", "next_date", "propose", "window"]
