"""Lots of hosts."""

from digest.jobs.lots import LOTS, lot_of


def test_an_address_that_cannot_be_read_has_a_lot_as_any_other() -> None:
    """One of them in feeds or pages would else end the look at what is due, for everybody."""
    assert 0 <= lot_of("http://[bad/feed") < LOTS
    assert lot_of("https://A.example/x") == lot_of("https://a.example/y")
