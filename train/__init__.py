"""Training: data sets, augmentation, the loop, evaluation, and export of what the demo serves."""
