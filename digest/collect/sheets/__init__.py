"""Sheets of past clips: columns, dates and rows as press offices keep them. Knows no store."""
