"""The tree of errors."""

import pickle

import pytest
from chassis.errors import Abandoned, Defect, Error, RateLimited, SourceError, Transient, UsageError, classify


@pytest.mark.parametrize("kind", [SourceError, UsageError, Defect, Transient])
def test_error_crosses_a_process_border_whole(kind):
    back = pickle.loads(pickle.dumps(kind("source.x", "No.", "page 3")))
    assert type(back) is kind
    assert (back.code, back.message, back.detail, back.retryable) == ("source.x", "No.", "page 3", kind is Transient)


@pytest.mark.parametrize(
    "error", [RateLimited("rate-limited.x", "Later.", "quota", retry_after=9), Abandoned("cancelled")]
)
def test_error_with_facts_of_its_own_crosses_a_process_border_with_them(error):
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert vars(back) == vars(error)


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), BrokenPipeError()])
def test_lost_connection_is_transient(error):
    assert isinstance(classify(error), Transient)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("disk full"), MemoryError()])
def test_unknown_error_is_a_defect_whose_detail_the_user_does_not_see(error):
    placed = classify(error)
    assert isinstance(placed, Defect)
    assert placed.detail == repr(error)
    assert repr(error) not in placed.message


def test_error_of_the_tree_is_left_as_it_is():
    error = SourceError("source.x", "No.")
    assert classify(error) is error
    assert str(error) == "source.x: No."
    assert isinstance(error, Error)
