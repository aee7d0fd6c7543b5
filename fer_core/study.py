"""The reports' tables, row by row: what was published and what we measured."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fer_core.files import reason
from fer_core.report import ReportError

# What each study is, in Markdown.
ABOUT = {
    "ours": "The demo's weights, the runs that led to them or taught them, and the attention "
    "modules in one recipe.",
    "START": "A student report from Toronto: ResNet9 on FER2013, RAF-DB and the Toronto faces, "
    "beside nearest neighbours and other classical methods.",
    "UNT": "A student report of the University of North Texas: a small network trained with SGD "
    "and with Adam.",
    "Leeds": "Miskow & Altahhan, [arXiv 2410.17740](https://arxiv.org/abs/2410.17740): VGG, "
    "ResNet and ResNetV2, each plain and with SE, ECA and CBAM, on three data sets. The training "
    "settings are ours, not theirs. On FER2013 the published figures are of other test faces than "
    "ours, so no difference is given.",
    "USTH": "A student report of the University of Science and Technology of Hanoi: a VGG-like "
    "network from scratch and VGG16 from ImageNet, each with and without augmentation and class "
    "weights, and in batches of 4.",
    "records": "Published figures on FER2013 outside the four reports.",
}


@dataclass(frozen=True)
class StudyRow:
    """One row of a study's table.

    experiment: ours that reproduces it, or "". study, table, changes: where it stands and what it
    is. data: the data set it is about.
    published, ours: accuracies as shares of 1; 0 where there is none. interval: ours, 95%.
    published_on, judged_on: data, labels and split of either, "" where not known.
    clean: ours on the test faces that, as far as a search finds, stand in no other split, else 0.
    n: test faces. report: our report's path from the weights folder, or "". reason: why it is not
    run, or "".
    """

    experiment: str
    study: str
    table: str
    changes: str
    data: str = ""
    published: float = 0.0
    published_on: str = ""
    ours: float = 0.0
    interval: tuple[float, float] = (0.0, 0.0)
    clean: float = 0.0
    judged_on: str = ""
    n: int = 0
    report: str = ""
    reason: str = ""

    @property
    def comparable(self) -> bool:
        """Whether there are both accuracies, of the same faces by the same labels."""
        return bool(self.published and self.report) and self.published_on == self.judged_on

    @classmethod
    def from_fields(cls, values: Mapping[str, Any]) -> "StudyRow":
        """From what JSON makes of a row. Raises KeyError, TypeError or ValueError for another."""
        low, high = map(float, values["interval"])
        shares = {name: float(values[name]) for name in ("published", "ours", "clean")}
        return cls(**{**values, **shares, "interval": (low, high), "n": int(values["n"])})


def rows_to_json(rows: list[StudyRow]) -> str:
    """The file that `read_rows` reads, one row a line."""
    lines = ",\n".join(f" {json.dumps(asdict(row))}" for row in rows)
    return f"[\n{lines}\n]\n"


def read_rows(path: Path) -> list[StudyRow]:
    """Raises ReportError where the file is missing or holds no rows."""
    try:
        return [StudyRow.from_fields(row) for row in json.loads(path.read_text(encoding="utf-8"))]
    except OSError as error:
        raise ReportError(f"The rows {path} cannot be read: {reason(error)}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise ReportError(f"{path} does not hold the studies' rows: {error}.") from error
