# ruff: noqa: E501 - documents and addresses are written out
"""Links that lead into the private network are refused."""

import pytest
from chassis.errors import SourceError
from fetcher.web_address import is_public, public_address


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
     "64:ff9b::a9fe:a9fe"],
)  # fmt: skip
def test_private_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "130.14.29.110", "2607:f220:41e:4290::110", "::ffff:8.8.8.8"])
def test_public_addresses_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost:8080/x", "http://[::1]/", "http://0x7f000001/", "http://2130706433/",
     "http://169.254.169.254/latest/meta-data", "ftp://8.8.8.8/", "file:///etc/passwd", "http:///x", "http://8.8.8.8:99999/", "gopher://x"],
)  # fmt: skip
def test_links_to_private_places_are_refused(url):
    with pytest.raises(SourceError) as raised:
        public_address(url)
    assert raised.value.code == "source.bad-link"


def test_address_that_was_checked_is_the_one_to_connect_to():
    assert public_address("https://8.8.8.8/x") == ("8.8.8.8", 443, "8.8.8.8")
