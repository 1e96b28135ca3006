"""The many ways to state a licence lead to one id."""

import pytest
from fetcher.licences import allows_reuse, licence_id


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["http://creativecommons.org/licenses/by/4.0/"], "CC-BY-4.0"),
        (["https://creativecommons.org/licenses/by-nc-nd/3.0/legalcode"], "CC-BY-NC-ND-3.0"),
        (["https://creativecommons.org/publicdomain/zero/1.0/"], "CC0-1.0"),
        (["", "Distributed under the Creative Commons Attribution License, which permits unrestricted use"], "CC-BY"),
        (["Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International License"], "CC-BY-NC-SA-4.0"),
        (["Creative Commons Attribution Non-Commercial No Derivatives License 4.0"], "CC-BY-NC-ND-4.0"),
        (["cc_by_nc"], "CC-BY-NC"),
        (["cc-by"], "CC-BY"),
        (["This is an open access article, free of all copyright"], "public-domain"),
        (["All rights reserved."], ""),
        (["none"], ""),
        (["This article is not in the public domain"], ""),
    ],
)
def test_statement_names_its_licence(statements, expected):
    assert licence_id(*statements) == expected


@pytest.mark.parametrize(
    ("licence", "free"), [("CC-BY-4.0", True), ("CC-BY-NC-4.0", True), ("CC-BY-ND-4.0", False), ("", False)]
)
def test_pictures_are_shown_only_where_changes_are_allowed(licence, free):
    assert allows_reuse(licence) is free
