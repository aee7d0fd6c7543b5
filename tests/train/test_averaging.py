"""The averaged weights, and the teachers: what batch norm knows of its batches belongs to both."""

import torch
from torch import nn

from fer_core.device import choose_device
from train.averaging import move_towards
from train.distil import Teachers
from train.machine import exact_float32


def test_running_statistics_are_averaged_like_the_weights():
    averaged, model = nn.BatchNorm1d(1), nn.BatchNorm1d(1)
    for values, start in ((averaged, 1.0), (model, 5.0)):
        values.weight.data.fill_(start)
        values.running_mean.fill_(10 * start)
        values.num_batches_tracked.fill_(int(start))
    move_towards(averaged, model, 0.75)
    assert averaged.weight.item() == 0.75 * 1 + 0.25 * 5
    assert averaged.running_mean.item() == 0.75 * 10 + 0.25 * 50
    assert averaged.num_batches_tracked.item() == 5


def test_teachers_answer_for_each_face_alone(tiny_data, tmp_path, monkeypatch):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 7), nn.BatchNorm1d(7)).train()
    monkeypatch.setattr("train.distil.finished_model", lambda run, data: model)
    teachers = Teachers(tmp_path, ["one", "two"], tiny_data, choose_device("cpu"))
    views = torch.rand(6, 1, 48, 48)
    answers = teachers.on_views(views)
    assert torch.allclose(answers[:2], teachers.on_views(views[:2]), atol=1e-6)
    assert torch.allclose(answers.sum(1), torch.ones(6)) and answers.std(0).min() > 0


def test_float32_is_not_computed_in_less(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    exact_float32()
    assert not torch.backends.cudnn.allow_tf32
