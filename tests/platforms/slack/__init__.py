"""Tests of Slack: the renderer, and the real SDK against a loopback Slack."""
