"""Readers, one a form of data set. Each offers `load`, and `recognises` where it reads a path."""
