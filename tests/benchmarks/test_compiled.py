from argparse import Namespace

from benchmarks import compiled
from fer_core.models import list_models


def test_the_ratio_follows_from_the_step_times(monkeypatch):
    monkeypatch.setattr(
        compiled, "step_seconds", lambda recipe, machine, batch: 0.25 if machine.compiled else 0.5
    )
    figures = compiled.measure(Namespace(device="cpu", batch=4))
    assert figures["batch"] == 4 and figures["networks"].keys() <= set(list_models())
    for network in figures["networks"].values():
        assert (network["images_per_second"], network["compiled_images_per_second"]) == (8, 16)
        assert network["times_as_fast"] == 2
