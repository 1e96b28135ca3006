"""Users' own keys are sealed, and opened by who knows a secret."""

import pytest
from chassis.errors import Defect

from chassis import keys

OLD, NEW = "o" * 40, "n" * 40


def test_sealed_key_is_opened_and_does_not_show_the_key():
    sealed = keys.seal(NEW, "sk-hill")
    assert "hill" not in sealed
    assert sealed != keys.seal(NEW, "sk-hill")
    assert keys.open_sealed(NEW, sealed) == "sk-hill"


def test_key_sealed_with_the_old_secret_is_opened_after_the_secret_was_changed():
    both = f"{NEW}, {OLD}"
    assert keys.open_sealed(both, keys.seal(OLD, "sk-hill")) == "sk-hill"
    assert keys.open_sealed(NEW, keys.seal(both, "sk-hill")) == "sk-hill"


@pytest.mark.parametrize(
    ("secret", "sealed"),
    [(NEW, keys.seal(OLD, "sk-hill")), (NEW, "garbage ü"), ("", "x"), (",", "x")],
    ids=["another secret's", "garbage", "no secret", "empty secrets"],
)
def test_key_that_cannot_be_opened_is_a_defect_that_names_no_secret(secret, sealed):
    with pytest.raises(Defect) as raised:
        keys.open_sealed(secret, sealed)
    assert NEW not in repr(vars(raised.value))
    assert "sk-hill" not in repr(vars(raised.value))


def test_nothing_is_sealed_without_a_secret():
    with pytest.raises(Defect):
        keys.seal("", "sk-hill")
