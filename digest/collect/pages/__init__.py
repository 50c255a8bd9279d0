"""Pages: what an article's web page says."""
