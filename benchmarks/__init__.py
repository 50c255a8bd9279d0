"""Speed, side by side with peers; every file is a command."""
