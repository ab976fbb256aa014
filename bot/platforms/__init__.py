"""One folder per chat platform, all of the same shape: settings, platform, render."""
