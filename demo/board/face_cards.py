"""Faces as HTML cards: the picture where there is one, the probabilities, the votes."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from demo.data_uris import png_uri
from fer_core import EMOTIONS
from fer_core.results import percent

SHOWN_PX = 96


@dataclass(frozen=True, eq=False)
class Card:
    """title: a line above. probs: float (7,). picture: uint8 (H, W) or (H, W, 3), or None.
    notes: lines below."""

    title: str
    probs: np.ndarray
    picture: np.ndarray | None = None
    notes: Sequence[str] = ()


def cards(shown: Sequence[Card]) -> str:
    """A list that is as many columns wide as the page allows."""
    items = "".join(_card(each) for each in shown)
    return (
        '<ul style="list-style:none;margin:0;padding:0;display:grid;gap:14px;'
        f'grid-template-columns:repeat(auto-fill,minmax(min(290px,100%),1fr))">{items}</ul>'
    )


def _card(card: Card) -> str:
    picture = ""
    if card.picture is not None:
        picture = (
            f'<img src="{png_uri(card.picture)}" alt="{escape(card.title)}" '
            f'width="{SHOWN_PX}" height="{SHOWN_PX}" '
            'style="border-radius:8px;flex:none;align-self:start">'
        )
    bars = "".join(
        _bar(e.name, e.colour, float(p)) for e, p in zip(EMOTIONS, card.probs, strict=True)
    )
    notes = "".join(
        f'<p style="margin:6px 0 0;font-size:0.85rem">{escape(note)}</p>' for note in card.notes
    )
    return (
        '<li style="border:1px solid rgba(140,140,140,.35);border-radius:10px;padding:12px">'
        f'<p style="margin:0 0 8px;font-weight:600">{escape(card.title)}</p>'
        f'<div style="display:flex;gap:12px">{picture}<div style="flex:1;min-width:0">{bars}</div>'
        f"</div>{notes}</li>"
    )


def _bar(name: str, colour: str, share: float) -> str:
    return (
        '<div style="display:grid;grid-template-columns:4.4em 1fr 3em;gap:6px;'
        'align-items:center;font-size:0.8rem;line-height:1.45">'
        f"<span>{name}</span>"
        '<span style="height:8px;border-radius:4px;background:rgba(140,140,140,.22)">'
        f'<span style="display:block;height:8px;border-radius:4px;width:{100 * share:.1f}%;'
        f'background:{colour}"></span></span>'
        f'<span style="text-align:right">{escape(percent(share))}</span></div>'
    )
