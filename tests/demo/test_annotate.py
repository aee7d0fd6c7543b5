"""The /annotate endpoint over HTTP, as gradio_client and as a stranger call it."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import CARD, fake_pipeline
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from picture_files import SIDE, cases, encoded, photo
from PIL import Image

from demo.gradio_app import GONE, build_app, launch_options
from demo.serving import request_limits
from demo.serving.gradio_internals import REFUSED
from demo.serving.request_limits import FRAME_BYTES, TOO_LARGE, WISH_BYTES
from demo.serving.viewers import BROKEN_FRAME
from demo.serving.viewers import FRAME_BYTES as PICTURE_BYTES
from demo.serving.visitor_files import VisitorFiles
from demo.tabs.photo_tab import EXAMPLES, EXAMPLES_FOLDER
from demo.tabs.photos import PHOTO_BYTES
from tests.readme_examples import readme_examples

HOME = "http://127.0.0.1:7860"  # in the README
ASTRONAUT = EXAMPLES_FOLDER / EXAMPLES["Astronaut"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        # Closing an app empties its folder, which a running one may be using too.
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield from serve()


def serve() -> Iterator[Client]:
    files = VisitorFiles()
    app = build_app(fake_pipeline(), files)
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, **launch_options(files))
    yield Client(url, verbose=False)
    app.close()


@pytest.fixture
def picture_file(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(photo(), "JPEG"))
    return path


def test_annotate_is_the_only_public_endpoint(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)
    assert isinstance(endpoints, dict)
    assert list(endpoints["named_endpoints"]) == ["/annotate"]


def test_annotate_returns_picture_and_records(client: Client, picture_file: Path) -> None:
    result, faces = client.predict(
        image=handle_file(picture_file), style="box", min_score=0.5, api_name="/annotate"
    )
    with Image.open(result) as picture:
        assert (picture.format, picture.size) == ("PNG", SIDE)
    assert [face["label"] for face in faces] == ["happy", "neutral"]
    assert [face["shown"] for face in faces] == ["happy", "unsure"]


@pytest.mark.parametrize("way", ["run", "api"])
def test_nobody_goes_past_the_queue(client: Client, way: str) -> None:
    data = [{"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}, *GOOD.values()]
    answer = httpx.post(f"{client.src_prefixed}{way}/annotate", json={"data": data})
    assert answer.status_code == 404 and "join the queue" in answer.text


def test_the_readmes_call(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ASTRONAUT, "photo.jpg")
    *_, call = readme_examples()
    told: dict[str, Any] = {}
    assert HOME in call
    exec(call.replace(HOME, client.src), told)
    with Image.open(told["picture"]) as picture, Image.open(ASTRONAUT) as original:
        assert picture.size == original.size
    assert [face["face"] for face in told["faces"]] == [1]


def test_behind_a_proxy_the_page_calls_the_address_that_its_visitor_sees(client: Client) -> None:
    told = {"X-Forwarded-Host": "faces.example.org", "X-Forwarded-Proto": "https"}
    roots = [
        re.findall(r'"root":\s*"([^"]*)"', httpx.get(client.src, headers=headers).text)
        for headers in (told, {})
    ]
    assert roots == [["https://faces.example.org"], [client.src.rstrip("/")]]


def test_annotate_answers_every_file_and_lives_on(client: Client, tmp_path: Path) -> None:
    for case in cases():
        path = tmp_path / case.name
        path.write_bytes(case.data)
        if case.size is None:
            with pytest.raises(AppError, match=case.says):
                client.predict(image=handle_file(path), api_name="/annotate")
        else:
            result, _ = client.predict(image=handle_file(path), api_name="/annotate")
            with Image.open(result) as picture:
                assert picture.size == case.size


@pytest.mark.parametrize("path", [ASTRONAUT, Path(__file__)], ids=lambda path: path.name)
@pytest.mark.parametrize("extra", [{}, {"meta": {"_type": "gradio.FileData"}}], ids=str)
def test_annotate_reads_no_file_of_the_server(
    client: Client, path: Path, extra: dict[str, object]
) -> None:
    # By hand: gradio_client would upload the file of this name first.
    call = f"{client.src_prefixed}call/annotate"
    data = [{"path": str(path), **extra}, "box", CARD.name, "mtcnn", 0.5]
    event = httpx.post(call, json={"data": data}).json()["event_id"]
    assert "event: error" in httpx.get(f"{call}/{event}").text
    assert path.exists()


GOOD = {"style": "box", "weights": CARD.name, "detector": "mtcnn", "min_score": 0.5}


def call_annotate(client: Client, *data: object) -> str:
    """What is answered, by hand: gradio_client would not send just anything."""
    call = f"{client.src_prefixed}call/annotate"
    event = httpx.post(call, json={"data": data}).json()["event_id"]
    return httpx.get(f"{call}/{event}").text


def uploaded(client: Client, picture_file: Path) -> dict[str, object]:
    files = {"files": (picture_file.name, picture_file.read_bytes())}
    (path,) = httpx.post(f"{client.src_prefixed}upload", files=files).json()
    return {"path": path, "orig_name": picture_file.name, "meta": {"_type": "gradio.FileData"}}


def test_annotate_refuses_a_file_that_is_too_large(client: Client, picture_file: Path) -> None:
    with picture_file.open("wb") as file:
        file.truncate(PHOTO_BYTES + 5_000_000)
    said = call_annotate(client, uploaded(client, picture_file), *GOOD.values())
    assert "photo.jpg is 30 MB" in said


def test_a_picture_that_another_call_used_up_is_asked_for_again(
    client: Client, picture_file: Path
) -> None:
    # Gradio stores one and the same file once, though it is uploaded twice.
    first, second = (uploaded(client, picture_file) for _ in range(2))
    assert first == second
    assert "event: complete" in call_annotate(client, first, *GOOD.values())
    assert GONE in call_annotate(client, second, *GOOD.values())


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"style": ["box"]}, "style must be a name, not ['box']."),
        ({"weights": ["x"]}, "weights must be a name, not ['x']."),
        ({"detector": {"a": 1}}, "detector must be a name, not {'a': 1}."),
        ({"detector": None}, "detector must be a name, not None."),
        ({"min_score": "abc"}, "The minimum detection score is 'abc'; give 0 to 1."),
        ({"image": None}, "Give a picture file as image."),
    ],
    ids=str,
)
def test_annotate_says_what_is_wrong_with_a_call(
    client: Client,
    picture_file: Path,
    wrong: dict[str, object],
    says: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    given = {"image": uploaded(client, picture_file), **GOOD, **wrong}
    assert says in call_annotate(client, *given.values())
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("returns", [True, "no", None], ids=str)
@pytest.mark.parametrize("visitor", ["me", 5, None, ["me"], {"me": 1}], ids=str)
def test_anything_may_say_goodbye(client: Client, visitor: object, returns: object) -> None:
    said = httpx.post(f"{client.src_prefixed}run/goodbye", json={"data": [visitor, returns]})
    assert said.status_code == 200


FETCHED = "https://huggingface.co/picture.jpg"  # Gradio trusts this host more than others


@pytest.mark.parametrize("address", [FETCHED, "http://93.184.216.34/picture.jpg"])
def test_the_server_fetches_nothing_from_elsewhere(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = []

    async def answer(self: object, request: httpx.Request) -> httpx.Response:
        fetched.append(str(request.url))
        return httpx.Response(200, content=ASTRONAUT.read_bytes(), request=request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)
    file = {"path": address, "meta": {"_type": "gradio.FileData"}}
    call = f"{client.src_prefixed}call/annotate"
    event = httpx.post(call, json={"data": [file, "box", CARD.name, "mtcnn", 0.5]}).json()
    said = httpx.get(f"{call}/{event['event_id']}").text
    assert "event: error" in said and REFUSED in said
    goodbye = httpx.post(f"{client.src_prefixed}run/goodbye", json={"data": [file, True]})
    assert goodbye.status_code >= 400
    assert httpx.get(f"{client.src_prefixed}file={address}").status_code == 403
    assert not fetched


@pytest.mark.parametrize("address", ["process_recording", "component_server", "queue/join"])
def test_a_file_that_is_no_upload_is_refused_and_leaves_nothing(
    client: Client, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = {"video": ("a.mp4", b"a film"), "other": ("b", b"")}
    answer = httpx.post(f"{client.src}gradio_api/{address}", files=files)
    assert answer.status_code == 415 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("more", [("files", ("b.jpg", b"b")), ("files", (None, b"kept in memory"))])
def test_an_upload_is_one_file_and_no_more(
    client: Client, more: tuple[str, tuple[str | None, bytes]]
) -> None:
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    before = set(folder.rglob("*"))
    files = [("files", ("a.jpg", b"a")), more]
    answer = httpx.post(f"{client.src_prefixed}upload", files=files)
    assert answer.status_code == 400 and "Too many" in answer.text
    assert set(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("address", "most"),
    [("queue/join", WISH_BYTES), ("run/goodbye", WISH_BYTES), ("component_server/", FRAME_BYTES)],
)
def test_what_is_too_large_is_refused_whether_it_says_so_or_not(
    client: Client, address: str, most: int
) -> None:
    body = b'{"data": ["' + b"x" * most + b'"], "session_hash": "me", "fn_index": 0}'
    url, kind = f"{client.src}gradio_api/{address}", {"content-type": "application/json"}
    assert httpx.post(url, content=body, headers=kind).status_code == 413
    parts = iter([body[:-10], body[-10:]])
    streamed = httpx.post(url, content=parts, headers=kind)
    assert streamed.status_code == (400 if address == "component_server/" else 413)


@pytest.mark.parametrize("says", [{}, {"content-length": "1000"}], ids=["streamed", "says so"])
def test_an_upload_that_is_too_large_is_refused(
    client: Client, says: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_limits, "UPLOAD_BYTES", 999)
    kind = {"content-type": "multipart/form-data; boundary=b", **says}
    parts = iter([b"--b--\r\n".ljust(500), b" " * 500])  # what follows the last part counts, too
    answer = httpx.post(f"{client.src_prefixed}upload", content=parts, headers=kind)
    assert answer.status_code == 413 and answer.text in (TOO_LARGE, f'{{"detail":"{TOO_LARGE}"}}')


def test_the_largest_picture_of_a_camera_and_the_largest_upload_come_in(client: Client) -> None:
    (camera,) = [
        each["id"]
        for each in client.config["components"]
        if each["props"].get("elem_id") == "camera"
    ]
    frame = {"jpeg": "A" * (PICTURE_BYTES * 4 // 3), "viewer": "me"}
    message = {"component_id": camera, "fn_name": "frame", "session_hash": "me", "data": frame}
    for address in ("component_server", "component_server/"):
        answer = httpx.post(f"{client.src}gradio_api/{address}", json=message)
        assert answer.json() == {"error": BROKEN_FRAME}
    files = {"files": ("a.mp4", b"x" * 2 * FRAME_BYTES)}
    assert httpx.post(f"{client.src}gradio_api/upload", files=files).status_code == 200
