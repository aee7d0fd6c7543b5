"""What the server fetches from elsewhere: nothing."""

import gradio as gr
import httpx
import safehttpx
from gradio import processing_utils

REFUSED = "This server opens no addresses. Upload the file itself."


class _Refusing(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise gr.Error(REFUSED, print_exception=False)  # of no other would the caller hear


async def _refuse(hostname: str) -> str:
    raise ValueError(REFUSED)


def fetch_nothing() -> None:
    """Keep Gradio from fetching what callers name by its address.

    It would, wherever a file is expected, and hold it in memory, however large; and it would hand
    any address on to whoever asks for it (`/file=https://...`).
    """
    processing_utils.async_transport = _Refusing()  # type: ignore[assignment]
    safehttpx.async_validate_url = _refuse
