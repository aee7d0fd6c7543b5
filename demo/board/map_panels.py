"""Parts of the attention page: how faithful a map is, and a model's own attention."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from demo.board.maps_store import faithfulness, own_maps
from demo.board.overlays import overlay, sheet
from demo.board.panels import chart
from demo.charts.attention import channel_strips
from demo.charts.attention import faithfulness as faithfulness_chart
from fer_core.attention_maps import CAPTIONS, BlockAttention, GradCam
from fer_core.emotions import LABELS
from fer_core.faithfulness import CAPTION, SHIFTS, Faithfulness
from fer_core.types import UInt8Array
from fer_core.weights import WeightsCard

STRIP_COLUMNS = 8


def how_faithful(card: WeightsCard, crop: UInt8Array, result: GradCam, class_index: int) -> None:
    with st.expander(
        f"How faithful is the map of {card.name}?", on_change="rerun", key=f"faith-{card.name}"
    ) as section:
        if not section.open:
            return
        curves = faithfulness(card, crop, result.maps[0], class_index)
        inserted, deleted = curves.insertion, curves.deletion
        st.markdown(
            f"Area under insertion **{inserted.area:.2f}** (by chance {inserted.chance_area:.2f}; "
            f"higher is better), under deletion **{deleted.area:.2f}** (by chance "
            f"{deleted.chance_area:.2f}; lower is better): {_verdict(curves)}"
        )
        chart(
            faithfulness_chart(curves, f"Deletion and insertion: {LABELS[class_index]}"),
            f"Deletion and insertion for {LABELS[class_index]}: areas {deleted.area:.2f} and "
            f"{inserted.area:.2f}, by chance {deleted.chance_area:.2f} and "
            f"{inserted.chance_area:.2f}.",
            "faithfulness",
            pd.DataFrame(
                {
                    "share": inserted.shares,
                    "insertion": inserted.probs,
                    "insertion by chance": inserted.chance,
                    "deletion": deleted.probs,
                    "deletion by chance": deleted.chance,
                }
            ),
            about=card.name,
        )
        st.caption(CAPTION)


def _verdict(found: Faithfulness) -> str:
    if found.deletion.probs[-1] >= found.deletion.probs[0]:
        return (
            "but the model gives this expression no less probability in the blurred face, so "
            "neither area says anything about the map."
        )
    inserting, deleting = found.insertion_beats == SHIFTS, found.deletion_beats == SHIFTS
    beyond = {
        (True, True): "on both",
        (True, False): "on insertion alone",
        (False, True): "on deletion alone",
        (False, False): "on neither",
    }[inserting, deleting]
    return (
        f"better than {found.insertion_beats} of {SHIFTS} random places on insertion and "
        f"{found.deletion_beats} of {SHIFTS} on deletion, so beyond chance (all "
        f"{SHIFTS}, p = {1 / (1 + SHIFTS):.2f}) {beyond}."
    )


def own_attention(chosen: Mapping[str, WeightsCard], crops: Mapping[str, UInt8Array]) -> None:
    st.subheader("The models' own attention", anchor=False)
    for name, card in chosen.items():
        blocks = own_maps(card, crops[name])
        if not blocks:
            st.caption(f"{name} ({card.arch}) has no attention blocks.")
            continue
        strips(name, blocks)
        one_block(name, blocks, crops[name])


def strips(name: str, blocks: tuple[BlockAttention, ...]) -> None:
    kinds = ", ".join(dict.fromkeys(block.kind.upper() for block in blocks))
    chart(
        channel_strips(blocks, f"Channel weights ({kinds})"),
        f"Channel weights of {name}'s {len(blocks)} blocks, from 0 to 1; means "
        + ", ".join(f"{block.channel.mean():.2f}" for block in blocks)
        + ".",
        "channels",
        pd.concat(
            pd.DataFrame({"block": b.block, "channel": range(len(b.channel)), "weight": b.channel})
            for b in blocks
        ),
        about=name,
    )
    st.caption(CAPTIONS[blocks[0].kind])


@st.fragment
def one_block(name: str, blocks: tuple[BlockAttention, ...], crop: UInt8Array) -> None:
    paths = [block.block for block in blocks]
    path = st.selectbox(
        f"Block of {name}", paths, index=len(paths) - 1, key=f"block-{name}", width=300
    )
    block = blocks[paths.index(path)]
    left, right = st.columns([1, 2])
    if block.spatial.size:
        left.image(
            overlay(crop, block.spatial, 0.65),
            width="stretch",
            alt=f"The face with the spatial attention of {name}, {path}, over it",
            caption=f"spatial attention, {block.spatial.min():.2f} to {block.spatial.max():.2f}",
        )
        left.caption(CAPTIONS["spatial"])
    with right if block.spatial.size else st.container():
        st.image(
            sheet(block.features, STRIP_COLUMNS),
            width="stretch",
            alt=f"Feature maps of the {len(block.strongest)} channels with the highest weights",
            caption="channels "
            + ", ".join(f"{c} ({block.channel[c]:.2f})" for c in block.strongest),
        )
        st.caption(CAPTIONS["features"])
