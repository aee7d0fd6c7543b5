import numpy as np
import pytest

from fer_core.emotions import EMOTIONS, UNSURE
from fer_core.smoothing import ExpressionSmoother

HAPPY, SURPRISE, NEUTRAL = EMOTIONS[3], EMOTIONS[5], EMOTIONS[6]
FRAME_RATES = [5, 10, 30]


def row(**shares):
    """Probabilities (7,) with these shares; what is left over goes to the others alike."""
    named = [emotion.name in shares for emotion in EMOTIONS]
    rest = (1 - sum(shares.values())) / (7 - sum(named))
    return np.array([shares.get(emotion.name, rest) for emotion in EMOTIONS], np.float32)


def play(smoother, fps, start, seconds, probs_at, time_constant=0.4, person=1):
    """The probabilities and answers of one person, frame by frame, from `start` for a while."""
    rows, answers = [], []
    for frame in range(round(seconds * fps)):
        now = start + frame / fps
        smoother.update(now, [person], probs_at(frame)[None], time_constant)
        rows.append(smoother.probs([person])[0])
        answers.append(smoother.answers([person])[0])
    return np.array(rows), answers


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("time_constant", [0.2, 0.4, 2.0])
def test_the_time_constant_is_in_seconds_at_any_frame_rate(fps, time_constant):
    smoother = ExpressionSmoother()
    smoother.update(-1 / fps, [1], row(neutral=1.0)[None], time_constant)
    rows, _ = play(smoother, fps, 0, 4, lambda _: row(happy=1.0), time_constant)
    passed = np.arange(1, len(rows) + 1) / fps
    assert rows[:, HAPPY.index] == pytest.approx(1 - np.exp(-passed / time_constant), abs=1e-4)
    assert rows.sum(1) == pytest.approx(1, abs=1e-5)


def test_a_time_constant_of_zero_takes_each_frame_as_it_is():
    changing = [row(happy=0.9), row(sad=0.8), row(fear=0.7)]
    rows, answers = play(ExpressionSmoother(), 10, 0, 0.3, lambda frame: changing[frame], 0)
    assert np.array_equal(rows, changing)
    assert [answer.name for answer in answers] == ["happy", "sad", "fear"]


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("time_constant", [0, 0.4])
def test_a_wobble_around_a_tie_does_not_switch_the_answer(fps, time_constant):
    random = np.random.default_rng(0)
    smoother = ExpressionSmoother()
    smoother.update(-1 / fps, [1], row(happy=0.9)[None], time_constant)

    def wobbling(frame):
        share = 0.475 + random.uniform(-0.045, 0.045)
        return row(happy=share, surprise=0.95 - share)

    rows, answers = play(smoother, fps, 0, 10, wobbling, time_constant)
    assert len(set(rows[fps * 2 :].argmax(1))) == 2  # the likeliest class does switch
    assert set(answers) == {HAPPY}


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("share", [0.7, 0.95])
def test_a_lasting_change_comes_through_within_three_time_constants(fps, share):
    smoother = ExpressionSmoother()
    play(smoother, fps, -2, 2, lambda _: row(happy=0.95))
    _, answers = play(smoother, fps, 0, 2, lambda _: row(surprise=share))
    switched = answers.index(SURPRISE)
    assert switched / fps <= 3 * 0.4
    assert set(answers[switched:]) == {SURPRISE}
    # On the way there is doubt at most, and no third expression.
    assert set(answers[:switched]) <= {HAPPY, UNSURE}


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_one_odd_frame_does_not_switch_the_answer(fps):
    odd = fps // 2
    _, answers = play(
        ExpressionSmoother(),
        fps,
        0,
        1,
        lambda frame: row(surprise=0.99) if frame == odd else row(happy=0.9),
    )
    assert set(answers) == {HAPPY}


@pytest.mark.parametrize(
    "first, then, answers",
    [
        (row(happy=0.3, surprise=0.32), None, [UNSURE]),
        (row(happy=0.49), None, [UNSURE]),
        (row(happy=0.51), None, [HAPPY]),
        (row(happy=0.9), row(happy=0.41, surprise=0.49), [HAPPY, HAPPY]),
        (row(happy=0.9), row(happy=0.39, surprise=0.45), [HAPPY, UNSURE]),
        (row(happy=0.9), row(happy=0.3, surprise=0.45), [HAPPY, UNSURE]),
        (row(happy=0.9), row(happy=0.44, surprise=0.52), [HAPPY, HAPPY]),
        (row(happy=0.9), row(happy=0.41, surprise=0.55), [HAPPY, SURPRISE]),
        (row(happy=0.3), row(happy=0.45), [UNSURE, UNSURE]),
        (row(happy=0.3), row(happy=0.55), [UNSURE, HAPPY]),
    ],
    ids=[
        "two alike",
        "not quite",
        "just so",
        "stays while it is not left",
        "left, and nothing reached",
        "doubt, though another is likelier",
        "another is likelier, but not by much",
        "another is clearly likelier",
        "doubt lasts while nothing is reached",
        "doubt ends",
    ],
)
def test_doubt_and_decision(first, then, answers):
    probs = [first] if then is None else [first, then]
    _, shown = play(ExpressionSmoother(), 1, 0, len(probs), lambda frame: probs[frame], 0)
    assert shown == answers


def test_people_do_not_mix():
    smoother, mixed = ExpressionSmoother(), ExpressionSmoother()
    for frame in range(20):
        smiling, calm = row(happy=0.8), row(neutral=0.9)
        order = [1, 7] if frame % 2 else [7, 1]  # the order of the faces may change
        probs = np.array([{1: smiling, 7: calm}[person] for person in order])
        mixed.update(frame / 10, order, probs, 0.4)
        smoother.update(frame / 10, [1], smiling[None], 0.4)
    assert mixed.answers([7, 1]) == (NEUTRAL, HAPPY)
    assert np.array_equal(mixed.probs([1]), smoother.probs([1]))


def test_who_is_not_seen_keeps_the_last_answer_and_then_takes_more_of_the_new():
    smoother = ExpressionSmoother()
    smoother.update(0.0, [1], row(happy=1.0)[None], 0.4)
    smoother.update(0.8, [2], row(sad=1.0)[None], 0.4)
    assert smoother.answers([1]) == (HAPPY,)
    assert smoother.probs([1])[0, HAPPY.index] == 1
    smoother.update(0.8, [1], row(neutral=1.0)[None], 0.4)  # two time constants later
    assert smoother.probs([1])[0, NEUTRAL.index] == pytest.approx(1 - np.exp(-2), abs=1e-4)


def test_old_people_are_forgotten():
    smoother = ExpressionSmoother()
    smoother.update(0.0, [1, 2], np.array([row(happy=0.9)] * 2), 0.4)
    smoother.update(2.0, [1], row(happy=0.9)[None], 0.4)
    assert smoother.answers([1, 2]) == (HAPPY, HAPPY)
    smoother.update(2.1, [1], row(happy=0.9)[None], 0.4)
    assert smoother.knows(2)  # the update before was not yet too late
    smoother.update(2.2, [1], row(happy=0.9)[None], 0.4)
    with pytest.raises(KeyError):
        smoother.answers([2])
    # Who comes after that begins anew.
    smoother.update(2.3, [2], row(sad=0.9)[None], 0.4)
    assert smoother.answers([2])[0].name == "sad"


def test_nobody():
    smoother = ExpressionSmoother()
    smoother.update(0.0, [], np.zeros((0, 7), np.float32), 0.4)
    assert smoother.probs([]).shape == (0, 7) and smoother.probs([]).dtype == np.float32
    assert smoother.answers([]) == ()


def test_each_person_needs_a_row():
    with pytest.raises(ValueError, match="zip"):
        ExpressionSmoother().update(0.0, [1, 2], row(happy=0.9)[None], 0.4)
