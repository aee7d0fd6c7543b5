"""Readers, one a form of data set (`train.data.Reader`), and `pictures`, which several share."""
