"""The page's own HTML, as plain strings: messages, the picture with its numbers, the face cards."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from itertools import count

from demo.data_uris import emoji_uri
from fer_core import EMOTIONS, Emotion
from fer_core.emotions import UNSURE
from fer_core.results import percent
from fer_core.types import Analysis, Float32Array

SIDE_BY_SIDE = 3  # with more faces than this, their cards go below the picture
_refusals = count(1)


def messages(status: str = "", error: str = "", busy: bool = False) -> str:
    """Two live regions, always in the page so that screen readers notice their text change."""
    return (
        f'<p class="message{" busy" if busy else ""}" role="status">{escape(status)}</p>'
        f'<p class="message error" role="alert">{escape(error)}</p>'
    )


def refusal(sentence: str) -> str:
    """The messages where an upload is refused at once. No two are alike: page_uploads.js writes
    over them when the next upload begins, and Gradio would not draw again what it drew last."""
    return f'{messages(error=sentence)}<i hidden data-refusal="{next(_refusals)}"></i>'


def found_sentence(analysis: Analysis) -> str:
    """What was found, in a sentence, with what there is to say about how the file was read."""
    faces = {0: "No face found.", 1: "One face found."}.get(
        len(analysis), f"{len(analysis)} faces found."
    )
    return " ".join([faces, *analysis.notes])


def picture(analysis: Analysis, preview: str, style: str) -> str:
    """The picture, rendered in a style, with each face's number at its corner. Positions are in
    per cent, so the numbers stay with the faces at every size of the page."""
    height, width = analysis.size_hw
    spots = [
        f'<div class="spot" data-face="{number}" style="left:{_percent_of(x0, width)};'
        f"top:{_percent_of(y0, height)};right:{_percent_of(width - x1, width)};"
        f'bottom:{_percent_of(height - y1, height)};--face:{(x1 - x0) / width * 100:.2f}cqw">'
        f'<span class="pin">{number}</span></div>'
        for number, (x0, y0, x1, y1) in enumerate(analysis.faces.xyxy, 1)
    ]
    many = " many" if len(analysis) > SIDE_BY_SIDE else ""
    return (
        f'<figure class="shot {style}{many}"><div class="frame">'
        f'<img src="{preview}" alt="{escape(_alternative(analysis))}" '
        f'width="{width}" height="{height}">'
        f'<div class="pins" aria-hidden="true">{"".join(spots)}</div></div>'
        f"<figcaption>{width:,} x {height:,} pixels</figcaption></figure>"
    )


def faces(analysis: Analysis, thumbnails: Sequence[str]) -> str:
    """A card for each face, in reading order; or what to try where there is none."""
    if not len(analysis):
        return NO_FACE
    cards = [
        _card(number, *face)
        for number, face in enumerate(
            zip(thumbnails, analysis.probs, analysis.shown, strict=True), 1
        )
    ]
    return f'<h2 class="hidden-heading">Faces</h2><ol class="faces">{"".join(cards)}</ol>'


def _card(number: int, thumbnail: str, probs: Float32Array, shown: Emotion) -> str:
    top = EMOTIONS[int(probs.argmax())]
    likely = f"most likely {top.name}, " if shown == UNSURE else ""
    bars = [
        f"<li{' class=top' if emotion is top else ''}><span>{emotion.name}</span>"
        f'<span class="track" aria-hidden="true"><span style="width:{prob * 100:.1f}%;'
        f'background:{emotion.colour}"></span></span>'
        f"<span>{escape(percent(float(prob)))}</span></li>"
        for emotion, prob in zip(EMOTIONS, probs, strict=True)
    ]
    return (
        f'<li class="face" data-face="{number}"><div class="who"><div class="portrait">'
        f'<img src="{thumbnail}" alt="Face {number}">'
        f'<span class="number" aria-hidden="true">{number}</span></div>'
        f'<div><h3><img src="{emoji_uri(shown.name)}" alt="">{shown.name}</h3>'
        f"<p>{likely}{escape(percent(float(probs.max())))}</p></div></div>"
        f'<ul class="bars" aria-label="Face {number}: probability of each expression">'
        f"{''.join(bars)}</ul></li>"
    )


def _alternative(analysis: Analysis) -> str:
    if not len(analysis):
        return "Your picture, in which no face was found."
    counts = Counter(emotion.name for emotion in analysis.shown)
    parts = ", ".join(f"{n} {name}" for name, n in counts.most_common())
    return f"Your picture with its faces marked: {parts}."


def _percent_of(value: float, whole: int) -> str:
    """A place within the picture; faces at its edge may reach outside."""
    return f"{min(max(value / whole, 0), 1) * 100:.2f}%"


HEADER = """
<header>
  <h1>An emoji for every face</h1>
  <p>Choose a photo or a clip, or use your camera. Each face that is found gets the emoji of its
  expression, with the probabilities beside it.</p>
</header>
"""

INVITATION = """
<div class="invitation">
  <p class="headline">Drop a photo here</p>
  <p>or paste one, or choose a file: JPEG, PNG, WebP, GIF and more, up to {limit}.</p>
  <p class="again">Drop, paste or choose another photo.</p>
  <p class="left-out" aria-live="polite"></p>
</div>
"""

EXAMPLES_HINT = "<p>No photo at hand? Try one of these.</p>"

PROMISE = """
<p class="promise">Your photo is read into memory, and forgotten when you close this page. What you
see is how an expression looks to a program, not what a person feels.</p>
"""

NO_FACE = """
<div class="no-face">
  <h2>What to try</h2>
  <p>Faces can be missed when they are very small, turned away, half hidden, lying on their side
  or in the dark. These may help:</p>
  <ul>
    <li>a lower “minimum detection score”, under More options</li>
    <li>the other detector, in the same place</li>
    <li>the photo turned upright, or brightened</li>
    <li>a photo with larger faces that look towards the camera</li>
  </ul>
</div>
"""

VIDEO_INVITATION = """
<div class="invitation">
  <p class="headline">Drop a clip here</p>
  <p>or choose a file: MP4, MOV, WebM, MKV, AVI and more, up to {limit}. Only the first {minutes}
  minutes of a longer clip are used; larger frames are scaled down to {side} pixels on the longer
  side.</p>
  <p class="left-out" aria-live="polite"></p>
</div>
"""

VIDEO_PROMISE = """
<p class="promise">Your clip is deleted from the server's disk when it is done. The annotated clip
stays there until you choose another one or until half a minute after you leave this page, for an
hour at most. What you see is how expressions look to a program, not what people feel.</p>
"""

MOMENTS_HEADING = "<h2>Strongest moments</h2>"
