"""Trains the nets of FCN Lab in PyTorch and exports them as model folders. See README.md beside this package."""

__version__ = "0.1.0"
