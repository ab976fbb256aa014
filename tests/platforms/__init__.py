"""Tests of the platforms, one folder each."""
