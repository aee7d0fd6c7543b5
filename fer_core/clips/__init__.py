"""Clips as files: their frames and sound read, and written again, with PyAV."""
