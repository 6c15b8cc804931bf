"""Training of the shipped model: prepare, train, export and evaluate. Needs the extra `train` (PyTorch)."""
