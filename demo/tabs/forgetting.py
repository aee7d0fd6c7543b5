"""What Gradio remembers of a visitor's page, beside what our own handlers keep."""

import gradio as gr


def forget_shown(app: gr.Blocks, visitor: str) -> None:
    """Forget what a visitor's page shows, and what it showed before; on the page it stays.

    While a page is open, Gradio's session holds what was shown, for links that would bring it back.
    There are none here. Each answer that leaves a component as it is begins another copy of it, and
    the value of the one before stays too.
    """
    session = app.state_holder.session_data.get(visitor)
    if session is None:
        return
    for component in list(session.config_values.values()):  # others may be added meanwhile
        component.get("props", {}).pop("value", None)
