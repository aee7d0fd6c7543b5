"""The demos: thin pages over fer_core. UI helpers return plain values; nothing here predicts."""
