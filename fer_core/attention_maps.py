"""What a model looked at: the maps of its own attention, and Grad-CAM.

Safe on a model that several threads share: nothing here registers a hook on it, writes to its
parameters or fills their `.grad`.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from fer_core.classifier import Classifier
from fer_core.emotions import LABELS
from fer_core.models.attention import ChannelGate, SpatialGate
from fer_core.models.variants import SUFFIXES
from fer_core.types import Float32Array, ModelError, OptionError, UInt8Array

# The kind of attention by the class of its module: "se", "eca", "cbam", "ecbam".
KINDS = {attention: suffix.removeprefix("_") for suffix, (_, attention) in SUFFIXES.items()}

_CHANNELS = (
    "the factor, 0 to 1, by which the block scales each channel for this face. It says which "
    "features were let through, not where they are or for which expression they speak."
)
# What each kind of map is and is not, so that every interface says the same.
CAPTIONS = {
    "se": f"Squeeze-and-excitation: {_CHANNELS} Source: Hu et al., CVPR 2018.",
    "eca": f"Efficient channel attention: {_CHANNELS} Source: Wang et al., CVPR 2020.",
    "cbam": f"CBAM's channel attention: {_CHANNELS} Source: Woo et al., ECCV 2018.",
    "ecbam": f"ECA as CBAM's channel attention: {_CHANNELS} Source: Miskow & Altahhan 2022 after "
    "Wang et al., CVPR 2020, and Woo et al., ECCV 2018.",
    "spatial": "CBAM's spatial attention: the factor, 0 to 1, by which the block scales each "
    "position, the same for every expression. It is a step of the computation, not the reason for "
    "the answer: a later block may ignore what it lets through. Source: Woo et al., ECCV 2018.",
    "features": "What the block's most strongly weighted channels pass on. Bright is where a "
    "channel responds; what it responds to has no name, and a strong weight does not make a "
    "channel decisive. Source: the block's own output.",
    "grad_cam": "Grad-CAM: where the last convolution stage holds what raises the chosen "
    "expression's score. It is as coarse as that stage's grid, leaves out what speaks against the "
    "expression, and shows what this model used, not where the expression is. "
    "Source: Selvaraju et al., ICCV 2017.",
}


@dataclass(frozen=True, eq=False)
class BlockAttention:
    """What one attention block did with one crop.

    block: the module's path in the model, such as "blocks.0.attention". kind: see KINDS.
    channel: float32 (C,), each channel's weight, 0 to 1.
    spatial: float32 (H, W), the weight of each position of the block's grid, 0 to 1; (0, 0) where
        the kind has none.
    strongest: int64 (K,), the channels of the highest weights, the highest first.
    features: float32 (K, H, W), what the block makes of these channels on the same grid, in the
        network's units.
    """

    block: str
    kind: str
    channel: Float32Array
    spatial: Float32Array
    strongest: NDArray[np.int64]
    features: Float32Array


@dataclass(frozen=True, eq=False)
class GradCam:
    """Where each of N crops speaks for a class.

    maps: float32 (N, H, W), of the crops' size; each map's maximum is 1, or it is 0 throughout
        where nothing speaks for the class.
    peaks: float32 (N,), each map's maximum in logits; the maps of several models, each times its
        peak, stand on one scale.
    grid_hw: height and width of the stage's grid, from which the maps are enlarged.
    """

    maps: Float32Array
    peaks: Float32Array
    grid_hw: tuple[int, int]


def own_maps(
    classifier: Classifier, crop: UInt8Array, strongest: int = 8
) -> tuple[BlockAttention, ...]:
    """What the model's attention blocks did with a crop, in the order of computation.

    crop: uint8 grey (H, W) or RGB (H, W, 3); where the classifier averages over the mirror image,
    the maps are those of the crop as it is. strongest: of how many channels to return features.
    Empty for a model without attention. Raises ImageError for a crop of another type or shape.
    """
    # Another thread's call would reach a hook on the shared module. This copy has modules of its
    # own, which die with it, around the same parameters, so it costs no memory to speak of.
    shared = (*classifier.model.parameters(), *classifier.model.buffers())
    model = copy.deepcopy(classifier.model, {id(tensor): tensor for tensor in shared})
    blocks: list[BlockAttention] = []
    watched: set[str] = set()
    for path, module in model.named_modules():
        kind = KINDS.get(type(module))
        # The ECA inside an ECBAM is a part of that block, not another one.
        if kind and path.rpartition(".")[0] not in watched:
            watched.add(path)
            _watch(path, kind, module, strongest, blocks)
    with torch.inference_mode(), classifier.choice.autocast():
        model(_inputs(classifier, np.asarray(crop)[None]))
    return tuple(blocks)


def grad_cam(classifier: Classifier, crops: UInt8Array, class_index: int) -> GradCam:
    """Grad-CAM at the last convolution stage, of a few crops at once.

    crops: uint8, grey (N, H, W) or RGB (N, H, W, 3). class_index: the class that the maps are for.
    The stage is the last feature maps with more than one row and column that the network computes.
    Where the classifier averages over the mirror image, so do the maps.
    Raises ImageError for crops of another type or shape, OptionError for a class that
    there is not, ModelError for a model without such a stage.
    Source: Selvaraju et al., "Grad-CAM", ICCV 2017. We sum the gradients over the positions,
    where the paper takes their mean, so that the values do not depend on the size of the grid:
    after global average pooling, the mean of the map before its ReLU is the logit less its bias.
    """
    if not 0 <= class_index < len(LABELS):
        raise OptionError(f"There is no class {class_index}; give 0 to {len(LABELS) - 1}.")
    mirrors = classifier.spec.mirror_average
    with torch.inference_mode(False), torch.enable_grad():
        inputs = _inputs(classifier, crops)
        if mirrors:
            inputs = torch.cat([inputs, inputs.flip(3)])
        # So that there are gradients where the parameters are frozen, too.
        inputs.requires_grad_()
        with classifier.choice.autocast(), _LastStage() as stage:
            logits = classifier.model(inputs)
        if stage.maps is None:
            raise ModelError("Grad-CAM needs a convolution stage, and this model has none.")
        (gradients,) = torch.autograd.grad(logits[:, class_index].sum(), stage.maps)
    weights = gradients.float().sum((2, 3), keepdim=True)
    cams = (weights * stage.maps.detach().float()).sum(1).relu()
    if mirrors:
        straight, mirrored = cams.chunk(2)
        cams = (straight + mirrored.flip(2)) / 2
    height, width = cams.shape[1:]
    values = enlarge(cams.cpu().numpy(), crops.shape[1:3])
    peaks = values.max((1, 2))
    maps = np.divide(values, np.where(peaks > 0, peaks, 1)[:, None, None], dtype=np.float32)
    return GradCam(maps, peaks, (height, width))


def enlarge(maps: Float32Array, size_hw: tuple[int, ...]) -> Float32Array:
    """Maps float32 (N, h, w) -> (N, *size_hw), bilinear: each cell becomes the area it covers."""
    values = F.interpolate(torch.tensor(maps)[:, None], size_hw, mode="bilinear")
    return np.asarray(values[:, 0])


class _LastStage(TorchFunctionMode):
    """Remembers the last feature maps (N, C, H, W) that are computed while it is entered.

    A sum at the end of a network is no module's output, so that a hook would miss it; and a mode
    is its thread's own.
    """

    maps: Tensor | None = None

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple = (),
        kwargs: dict[str, Any] | None = None,
    ) -> object:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.ndim == 4 and min(result.shape[2:]) > 1:
            self.maps = result
        return result


def _watch(
    path: str, kind: str, block: nn.Module, strongest: int, blocks: list[BlockAttention]
) -> None:
    """Let each call of an attention module append what it did to `blocks`."""
    weights: dict[type[nn.Module], Float32Array] = {}

    def read_gate(gate: nn.Module, _: object, output: Tensor) -> None:
        weights[type(gate)] = _array(output)

    def read_block(_: nn.Module, __: object, output: Tensor) -> None:
        channel = weights[ChannelGate][:, 0, 0]
        spatial = weights.get(SpatialGate, np.zeros((1, 0, 0), np.float32))
        order = (-channel).argsort(kind="stable")[:strongest]
        blocks.append(
            BlockAttention(
                path,
                kind,
                channel,
                spatial[0],
                order,
                _array(output[:, order]),
            )
        )

    for module in block.modules():
        if isinstance(module, ChannelGate | SpatialGate):
            module.register_forward_hook(read_gate)
    block.register_forward_hook(read_block)


def _array(output: Tensor) -> Float32Array:
    """The first of a batch of outputs (1, ...) of any float type -> float32 (...)."""
    return np.asarray(output[0].float().cpu())


def _inputs(classifier: Classifier, crops: UInt8Array) -> Tensor:
    """As the classifier hands them to its model."""
    inputs = classifier.spec.to_tensor(crops).to(classifier.choice.device)
    return inputs.contiguous(memory_format=torch.channels_last)
