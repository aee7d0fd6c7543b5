"""Where the user points the pages at their own copy of FER2013, by path or by upload."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from fer_core.fer2013 import EXPECTED, Fer2013, Fer2013Error, files_at, read

KEPT = 2  # copies in memory, 83 MB each, whoever uses them
UPLOADED = "fer2013_uploaded"
READING = "Reading FER2013; this happens once and takes about ten seconds …"


def own_copy(use: str) -> Fer2013 | None:
    """The user's FER2013, or None. use: what the page shows more with it, in a line."""
    path, give = "", "Give the path of a folder on the machine that runs this page, or"
    # Hugging Face sets SPACE_ID. There a path would let strangers ask for the host's files.
    hosted = "SPACE_ID" in os.environ
    with st.expander("Your own FER2013", icon=":material/folder_open:"):
        st.markdown(f"{use} {'To add it,' if hosted else give} upload the files: {EXPECTED}.")
        if not hosted:
            path = st.text_input(
                "Path", key="fer2013_path", persist_state="session", placeholder="/data/fer2013"
            )
        files = st.file_uploader(
            "Files",
            type=["csv", "parquet"],
            accept_multiple_files=True,
            key="fer2013_files",
            on_change=_forget_removed,
        )
        st.caption("The faces stay in the server's memory and are not sent on.")
    # Of another page, where they were uploaded, the widget has forgotten them.
    ids = tuple(file.file_id for file in files) or st.session_state.get(UPLOADED, ())
    try:
        if path.strip():
            places = files_at(Path(path.strip()).expanduser())
            times = tuple((str(each), each.stat().st_mtime_ns) for each in places.values())
            return _read_path(times)
        if ids:
            found = _read_upload(ids, files)
            st.session_state[UPLOADED] = ids
            return found
    except Fer2013Error as error:
        st.session_state.pop(UPLOADED, None)
        st.error(str(error))
    except (OSError, RuntimeError) as error:  # RuntimeError: of a user's home that there is not
        reason = error.strerror if isinstance(error, OSError) else error
        st.error(f"{path} cannot be read: {reason}.")
    return None


def _forget_removed() -> None:
    """After a change of the uploaded files: the copy that was read from those before."""
    if UPLOADED in st.session_state:
        _read_upload.clear(st.session_state.pop(UPLOADED))


@st.cache_resource(max_entries=KEPT, show_spinner=READING)
def _read_path(files: tuple[tuple[str, int], ...]) -> Fer2013:
    return read({path: Path(path) for path, _ in files})


@st.cache_resource(max_entries=KEPT, show_spinner=READING)
def _read_upload(ids: tuple[str, ...], _files: Sequence[Any]) -> Fer2013:
    if not _files:
        raise Fer2013Error("The uploaded files are gone from memory; upload them again.")
    return read({file.name: file for file in _files})
