"""Saving a file from the page: how, and under what name."""

from pathlib import PurePath

from gradio_client.utils import strip_invalid_filename_characters  # type: ignore[import-untyped]

UNSAVED = "The file could not be made. Please try again, or save another kind of file."
# Straight from the file's address: nothing on the page has to be redrawn before the download.
SAVE_IN_BROWSER = """(file) => {
  if (!file) return;
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}"""


def results_stem(name: str, otherwise: str) -> str:
    """What the files are called that are made of a visitor's file, without the ending: short
    enough for a disk, and without what no disk takes. otherwise: for a file without a name."""
    stem = PurePath(name).stem
    return f"{strip_invalid_filename_characters(stem) if stem else otherwise}-faces"
