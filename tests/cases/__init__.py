"""Sets we wrote to measure the judgement with, and their scores: `python -m tests.cases`."""
