"""Discord, over the gateway, with discord.py."""
