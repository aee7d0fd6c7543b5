"""What the dashboard's pages make of the address, and write to it, without a browser."""

import pytest
from dashboard_page import opened


@pytest.mark.parametrize(
    ("view", "key", "shown"),
    [
        ("compare", "models", ["made-up-003", "made-up-002"]),
        ("inside", "model", "made-up-003"),
        ("training", "runs", ["made-up-000", "made-up-001", "made-up-002"]),
    ],
)
def test_what_a_page_chose_itself_is_named_and_is_no_step_of_the_history(names, view, key, shown):
    """What the server writes to the address is one, and the next Back would only undo it."""
    at = opened(view)
    (control,) = [each for each in (*at.selectbox, *at.multiselect) if each.key == key]
    assert control.value == shown
    assert not at.query_params


@pytest.mark.parametrize(
    ("view", "query", "says"),
    [
        ("compare", {"models": ["no_such", "made-up-001"]}, "a model that is not here: no_such"),
        ("inside", {"model": "no_such"}, "a model that is not here: no_such"),
        ("inside", {"labelled": "foo", "answer": "sad"}, "an expression that is not here: foo"),
        ("training", {"runs": ["gone", "made-up-001"]}, "a run that is not here: gone"),
    ],
)
def test_what_a_link_asks_for_and_is_not_here_is_named(names, view, query, says):
    at = opened(view, **query)
    assert [says in each.value.replace("\\", "") for each in at.warning] == [True]
    for control in (*at.selectbox, *at.multiselect):
        assert control.value, control.label  # what is shown is chosen in the control
