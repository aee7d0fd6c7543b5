"""Every experiment that `train.run` knows, in the order in which the queue takes them."""

from train.studies import attention, faces, large, leeds, ours, records, start, unt, usth

_ALL = (
    *ours.COMPACT,
    *ours.LITE0,
    *ours.DISTILLED,
    *ours.LITE2,
    *faces.EXPERIMENTS,
    *large.LARGE,
    *attention.EXPERIMENTS,
    *start.CLASSICAL,
    start.RESNET9,
    *unt.EXPERIMENTS,
    *usth.EXPERIMENTS,
    *records.EXPERIMENTS,
    *leeds.ON_FER2013,
    *leeds.SWEEP_POINTS,
    *start.MIXES,
    *leeds.ON_SMALL_SETS,
    ours.QUICK,
)

EXPERIMENTS = {experiment.name: experiment for experiment in _ALL}
if len(EXPERIMENTS) < len(_ALL):
    names = [experiment.name for experiment in _ALL]
    raise ValueError(f"declared twice: {', '.join({n for n in names if names.count(n) > 1})}")
