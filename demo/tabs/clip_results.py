"""The page's pieces and the files made of an annotated clip. Knows no UI library."""

from html import escape

from demo.charts.timeline import MOST_PEOPLE
from demo.data_uris import emoji_uri, jpeg_uri
from demo.serving.video_states import ClipChoices, ClipResult
from fer_core import EMOTIONS
from fer_core.contact_sheet import PEOPLE, contact_sheet
from fer_core.emotions import UNSURE
from fer_core.pixels import to_png
from fer_core.results import percent
from fer_core.timeline import PersonSummary
from fer_core.video import VideoProgress

FILE_KINDS = ("csv", "json", "png")
PREVIEW_SIDE = 640
NO_FACE = (
    "Faces can be missed when they are very small, turned away, lying on their side or in the "
    "dark: turn the clip upright, brighten it, or choose one with larger faces."
)


def make_file(result: ClipResult, kind: str, cover: bool) -> tuple[str, bytes]:
    """The name and the bytes of a download: "csv", "json", or the contact sheet as "png"."""
    if kind == "png":
        return f"{result.stem}.png", to_png(contact_sheet(result.moments, cover))
    text = result.timeline.to_csv() if kind == "csv" else result.timeline.to_json(result.info)
    return f"{result.stem}.{kind}", text.encode("utf-8")


def progress_html(progress: VideoProgress, preview: str) -> str:
    """How far it is, with the last frame as a data URI."""
    share = progress.share
    place = "" if share is None else f' max="1" value="{share:.3f}"'
    bar = f'<progress aria-label="The clip"{place}></progress>'
    sentence = f"{progress.seconds:.0f} s of the clip" if share is None else f"{share:.0%}"
    sentence += " done"
    left = progress.seconds_left
    if left is not None:
        sentence += f", about {time_in_words(left)} left"
    return (
        f'<div class="working"><div class="row">{bar}<p>{sentence}</p></div>'
        f'<img src="{preview}" alt="The frame that was done last"></div>'
    )


def time_in_words(seconds: float) -> str:
    """In the unit in which people wait."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min"


def done_sentence(result: ClipResult) -> str:
    """What came of it, with what there is to say about how the clip was read."""
    people = len(result.timeline.people)
    found = {0: "No face found", 1: "One person found"}.get(people, f"{people} people found")
    frames = "one frame" if result.info.frames == 1 else f"{result.info.frames:,} frames"
    notes = [*result.info.notes] if people else [*result.info.notes, NO_FACE]
    return " ".join([f"{found} in {frames}, {result.info.seconds:.1f} s.", *notes])


def made_with_html(choices: ClipChoices) -> str:
    """What the controls were when the clip was chosen; by now they may show something else."""
    faces = "faces covered where found" if choices.cover else "faces not covered"
    nth = choices.every_nth
    frames = "every frame analysed" if nth == 1 else f"at least one frame in {nth} analysed"
    made = f"{choices.style}, {faces}, {frames}, model {choices.weights}"
    return f"<p>Made with: {escape(made)}. What you change above applies to the next clip.</p>"


def timeline_html(result: ClipResult) -> str:
    """What stands above the timeline."""
    people = len(result.timeline.people)
    whom = f"the {MOST_PEOPLE} people longest in view" if people > MOST_PEOPLE else "each person"
    return (
        f"<h2>Over time</h2><p>The seven probabilities of {whom}. Click in the chart to see that "
        "moment in the clip.</p>"
    )


def people_html(result: ClipResult) -> str:
    """A table of how much of their time each person showed each expression."""
    heads = "".join(
        f'<th scope="col"><img src="{emoji_uri(emotion.name)}" alt="">{emotion.name}</th>'
        for emotion in (*EMOTIONS, UNSURE)
    )
    rows = "".join(_person_row(person) for person in result.timeline.people)
    return (
        '<p id="people-read">For each person, the share of the time in view in which each '
        "expression was shown; below it, the expression's mean probability. Someone who comes back "
        "after a cut, or after some seconds, is counted as another person.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Each person">'
        '<table aria-describedby="people-read">'
        f'<thead><tr><th scope="col">Person</th><th scope="col">Seen</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _person_row(person: PersonSummary) -> str:
    means = [f"<br><small>{escape(percent(mean))}</small>" for mean in person.mean_probs.tolist()]
    cells = "".join(
        f"<td>{escape(percent(share))}{mean}</td>"
        for share, mean in zip(person.shares.tolist(), [*means, ""], strict=True)
    )
    return (
        f'<tr><th scope="row">{person.person}</th>'
        f"<td>{person.first_seconds:.1f} to {person.last_seconds:.1f} s</td>{cells}</tr>"
    )


def sheet_html(result: ClipResult, cover: bool) -> str:
    """Each person's strongest moments, as one picture."""
    if not result.moments:
        return ""
    uri = jpeg_uri(contact_sheet(result.moments, cover))
    text = f"Each person's strongest moments in {escape(result.info.name)}"
    many = len(result.timeline.people) > PEOPLE
    whose = f"<p>Of the {PEOPLE} people longest in view.</p>" if many else ""
    return f'{whose}<img class="sheet" src="{uri}" alt="{text}">'
