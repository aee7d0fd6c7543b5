"""The experiments, one file a study: ours, the four student reports, the published records."""
