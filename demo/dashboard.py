"""The comparison dashboard: streamlit run demo/dashboard.py. Navigation only; see demo/views."""

import sys
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent
# Streamlit puts this file's own folder on the path; the packages are found from the one above.
sys.path[:] = [str(HERE.parent), *(p for p in sys.path if p not in (str(HERE), str(HERE.parent)))]

from demo.board.panels import sidebar  # noqa: E402

OVERVIEW = HERE / "views" / "overview.py"

# Before the pages are named, whose own icons would come from elsewhere.
st.set_page_config(page_icon="🙂", layout="wide")
page = st.navigation(
    [
        st.Page(
            OVERVIEW,
            title="Overview",
            icon=":material/table_chart:",
            url_path="",
            default=True,
        ),
        # Streamlit serves the first page at the root alone; this one answers to its name.
        st.Page(OVERVIEW, title="Overview", url_path="overview", visibility="hidden"),
        *(
            st.Page(
                HERE / "views" / f"{name}.py", title=title, icon=f":material/{icon}:", url_path=name
            )
            for name, title, icon in (
                ("compare", "Compare", "compare"),
                ("inside", "Inside a class", "search"),
                ("attention", "Attention", "visibility"),
                ("training", "Training", "trending_up"),
                ("studies", "Reports against ours", "fact_check"),
                ("data", "Data", "photo_library"),
            )
        ),
    ]
)
st.set_page_config(page_title=f"{page.title} · fer-studio")
sidebar()
page.run()
