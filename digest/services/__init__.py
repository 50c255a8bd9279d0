"""Services: the use cases, and the only code that holds a Store."""
