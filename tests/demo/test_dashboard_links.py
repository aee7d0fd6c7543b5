"""What the dashboard's pages make of the address, and write to it, without a browser."""

import made_up_reports as made_up
import pytest
from dashboard_page import charts, opened, text


@pytest.mark.parametrize(
    ("view", "key", "shown"),
    [
        ("compare", "models", ["made-up-003", "made-up-002"]),
        ("inside", "model", "made-up-003"),
        ("training", "runs", ["made-up-003", "made-up-002", "made-up-001"]),
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


def test_a_link_to_more_models_than_there_is_room_for_names_those_left_out(names, folder):
    found = made_up.predictions()
    made_up.write(folder, made_up.report("fifth", found), found)
    at = opened("compare", models=[*names, "fifth"])
    assert at.warning[0].value == "There is room for 4; the link also asks for fifth."


def test_ticks_that_a_filter_hides_are_kept_and_told(names):
    at = opened("overview", pick=names[:2], find=names[1])
    assert f"Ticked too, but hidden by the choices above: {names[0]}." in text(at)
    assert at.query_params["pick"] == names[:2]
    (link,) = at.get("page_link")
    assert names[0] in link.proto.query_string and names[1] in link.proto.query_string


def test_names_that_are_alike_as_files_are_two_models(names, folder):
    found = made_up.predictions()
    for name in ("a_b", "a-b"):
        made_up.write(folder, made_up.report(name, found), found)
    assert len(charts(opened("compare", models=["a_b", "a-b"]))) > 5
