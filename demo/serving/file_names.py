"""What files are called that are made of a visitor's."""

from pathlib import PurePath

from gradio_client.utils import strip_invalid_filename_characters  # type: ignore[import-untyped]


def results_stem(name: str, otherwise: str) -> str:
    """What the files are called that are made of a visitor's file, without the ending: short
    enough for a disk, and without what no disk takes. otherwise: for a file without a name."""
    stem = PurePath(name).stem
    return f"{strip_invalid_filename_characters(stem) if stem else otherwise}-faces"
