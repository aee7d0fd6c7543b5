"""Classifier architectures. Importing a family's module registers its builders."""

from fer_core.models import compact, resnet9
from fer_core.models.registry import create_model, list_models, model_summary

__all__ = ["compact", "create_model", "list_models", "model_summary", "resnet9"]
