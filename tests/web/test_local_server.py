"""The desk on one's own machine: its address and port."""


def test_the_desk_takes_the_port_it_had_where_that_is_free() -> None:
    import socket

    from digest.web.local_server import _is_free

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not _is_free(port)
    assert _is_free(port)
