"""The command line: ``python -m sknn_basic``."""
