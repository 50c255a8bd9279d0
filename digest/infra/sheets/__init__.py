"""Sheets: encodings, rows and dates of CSV files and spreadsheets, whatever they list."""
