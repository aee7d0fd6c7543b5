"""What is let in: no body larger than what the page sends, and no file but as an upload."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.serving.gradio_internals import SERVER_FUNCTIONS_PATH, UPLOAD_PATH

WISH_BYTES = 100_000  # names and choices; held as long as the wish waits, and some of it longer
FRAME_BYTES = 4_000_000  # more than a camera's picture may have as it is sent
UPLOAD_MB = 200  # of 1024 x 1024 bytes, as Gradio counts them
UPLOAD_BYTES = UPLOAD_MB * 2**20 + 10_000  # with the lines around the file
TOO_LARGE = f"This is too large. Send files to the upload address: up to {UPLOAD_MB} MB."
NO_FILES = "Files are accepted only at the upload address."


class RequestLimits:
    """An ASGI middleware around the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, most = Headers(scope=scope), _most_bytes(scope["path"])
        # Elsewhere Gradio writes such parts to the disk, too, and leaves them there.
        if most != UPLOAD_BYTES and "multipart" in headers.get("content-type", "").lower():
            await PlainTextResponse(NO_FILES, 415)(scope, receive, send)
        elif int(headers.get("content-length", 0)) > most:
            await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)
        else:
            await self._app(scope, _limited(receive, most), send)


def _most_bytes(path: str) -> int:
    """What a body may have that is sent there."""
    path = path.rstrip("/")
    if path.endswith(UPLOAD_PATH):
        return UPLOAD_BYTES
    return FRAME_BYTES if path.endswith(SERVER_FUNCTIONS_PATH) else WISH_BYTES


def _limited(receive: Receive, most: int) -> Receive:
    """The same body, refused once too much of it has come: it need not say how long it is."""
    come = 0

    async def limited() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > most:
            raise HTTPException(413, TOO_LARGE)
        return message

    return limited
