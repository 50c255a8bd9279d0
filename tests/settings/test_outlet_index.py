"""Outlets found among many, as `find_outlet` finds them among all."""

from hypothesis import given
from hypothesis import strategies as st

from digest.settings import Outlet
from digest.settings.outlet_index import OutletIndex
from digest.settings.publishers import find_outlet

HOSTS = (
    "a.example",
    "www.a.example",
    "news.a.example",
    "a.example:8080",
    "b.example/@ana",
    "b.example/@bo",
    "b.example",
)
hosts = st.sampled_from(HOSTS)


def outlet(number: int, host: str) -> Outlet:
    home = f"https://{host}"
    return Outlet(name=f"Outlet {number}", homepage=home, feeds=(f"{home}/f",))


@given(st.lists(hosts, max_size=5), hosts)
def test_the_index_finds_what_a_look_at_every_outlet_finds(
    homes: list[str], host: str
) -> None:
    outlets = [outlet(n, home) for n, home in enumerate(homes)]
    address = f"https://{host}/2026/x"
    found = OutletIndex(outlets).find(address)
    assert (found.name if found else "") == find_outlet(address, outlets)


def test_an_outlet_is_found_by_its_name_if_no_other_is_called_so() -> None:
    one = Outlet(
        name="El País",
        homepage="https://a.example",
        feeds=("https://a.example/f",),
    )
    other = one.model_copy(update={"name": "el pais"})
    assert OutletIndex([one]).find_named("EL PAIS") is one
    assert OutletIndex([one, other]).find_named("EL PAIS") is None
    assert OutletIndex([one]).name_of_feed("https://a.example/f") == "El País"
