"""Tests of the playground, at its addresses."""
