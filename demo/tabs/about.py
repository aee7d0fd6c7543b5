"""The About tab: what this is, what it is not for, what happens to photos, and how good it is."""

from collections.abc import Mapping
from html import escape

from demo.data_uris import emoji_uri
from fer_core import EMOTIONS, Emotion
from fer_core.weights import CardFigures, WeightsCard

WEAK_BELOW = 0.5  # an expression that is recognised less often than this is pointed out

TEXT = """
<section>
  <h2>What this is</h2>
  <p>A program that finds faces in a picture and estimates which expression each one shows: angry,
  disgust, fear, happy, sad, surprise or neutral; where none is likely, it says “unsure”. It
  learned from small grey photos that people had labelled by looking at them.</p>
  <p>So it says how an expression looks to others. It is not a determination of a person's
  internal state: people smile when they are sad, and a face at rest can look cross. It may also
  do worse for ages, skin tones, cultures, poses and lighting that it saw few photos of.</p>
</section>
<section>
  <h2>What it must not be used for</h2>
  <ul>
    <li>Judging people at work or in education. In the European Union, inferring emotions there is
    banned except for medical or safety reasons (AI Act, Article 5(1)(f)).</li>
    <li>Decisions about a person: hiring, credit, insurance, policing, border checks, health.</li>
    <li>Watching people who do not know about it. Whoever is exposed to such a system must be told
    (AI Act, Article 50(3)).</li>
  </ul>
</section>
<section>
  <h2>What happens to your photos and clips</h2>
  <p>The file you give is deleted from the server's disk as soon as it has been read. The photo
  stays in the server's memory while this page is open, so that you can try other styles. It is
  forgotten when you close the page, ten idle minutes after its connection was lost, or an hour
  after you last changed anything about it. What you save is written to a temporary folder first,
  and deleted from there about ten minutes later. Camera pictures are only ever in memory.
  Your clip is in no folder once it has been opened, and is deleted when it is done. The annotated
  clip stays on the server's disk until you choose another one or until half a minute after you
  close the page, for an hour at most. Nothing is sent on or used for training.</p>
</section>
"""

NAMED_TWICE = """ The photos were labelled twice: FER2013 gives each one label; for FER+ ten people
voted. The majority is the expression with the most votes; it is clear where it has more than half
of them, not counting answers that only one person gave. This model learned from one of the two sets
of labels, and the columns cannot be compared."""


def about(card: WeightsCard) -> str:
    """The whole tab, with the figures of the weights in use."""
    return (
        f'<div class="about">{TEXT}<section><h2>How good it is</h2>'
        f"<p>The model chosen for photos, <strong>{escape(card.name)}</strong>, is a network of "
        f"{card.params:,} parameters ({escape(card.arch)}), trained on "
        f"{escape(card.trained_on)}. Licence: {escape(card.licence)}.</p>"
        f"{figures(card.metrics)}</section></div>"
    )


def figures(metrics: Mapping[str, CardFigures]) -> str:
    """A table of a card's metrics: a column for each set of labels, a row for each expression."""
    if not metrics:
        return "<p>This model has not been measured yet.</p>"
    heads = "".join(f'<th scope="col">{escape(each.dataset)}</th>' for each in metrics.values())
    totals = "".join(_total(each) for each in metrics.values())
    rows = "".join(_row(emotion, metrics) for emotion in EMOTIONS)
    several = NAMED_TWICE if "ferplus" in metrics else ""
    return (
        "<p>The table shows for what share of the test photos the model's answer agreed with "
        f"people's label, over all photos and for each expression.{several}</p>"
        '<div class="table" tabindex="0" role="region" aria-label="Figures of this model">'
        f'<table><thead><tr><th scope="col">Expression</th>{heads}</tr></thead>'
        f'<tbody><tr class="total"><th scope="row">All</th>{totals}</tr>{rows}</tbody></table>'
        "</div>"
    )


def _total(all_faces: CardFigures) -> str:
    low, high = all_faces.interval
    return (
        f"<td><strong>{all_faces.accuracy:.1%}</strong><br>"
        f"<small>{low:.1%} to {high:.1%} (95% interval)<br>"
        f"{all_faces.n:,} photos, {escape(all_faces.split)}</small></td>"
    )


def _row(emotion: Emotion, metrics: Mapping[str, CardFigures]) -> str:
    cells = "".join(_cell(each.recall[emotion.name]) for each in metrics.values())
    return (
        f'<tr><th scope="row"><img src="{emoji_uri(emotion.name)}" alt="">{emotion.name}</th>'
        f"{cells}</tr>"
    )


def _cell(recall: float) -> str:
    weak = '<span class="tag">weak</span> ' if recall < WEAK_BELOW else ""
    return f"<td>{weak}{recall:.0%}</td>"
