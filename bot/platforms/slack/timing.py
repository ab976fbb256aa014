"""How long things may take on Slack, in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Time limits; only tests have reason to change them."""

    http: float = 10.0
    """One call of the Web API."""
    ack: float = 2.0
    """An answer within the ack, for which Slack waits three seconds; a later one is sent after."""
    answer: float = 25.0
    """Any answer at all."""
    again: float = 60.0
    """For how long a command that Slack delivers again gets its answer again."""
    drain: float = 2.5
    """What is under way when the bot stops."""
    open: float = 2.5
    """Opening a modal: what it is opened with expires after three seconds."""
    ping: float = 10.0
    """Between two pings of a connection."""
    connect: float = 20.0
    """Opening one connection."""
    reopen: float = 1.0
    """The longest pause after one try in vain to open a lost connection; it doubles each time."""
    close: float = 2.0
    """Closing all connections."""
    watch: float = 3.0
    """Between two looks at the connections."""
    patience: float = 60.0
    """Until a lost connection makes us start anew."""
    tenant: float = 300.0
    """Until a workspace's installation is looked up again."""
    settle: float = 2.5
    """An ack of a workspace that must be looked up first; a later answer is sent after."""
    remember: float = 600.0
    """What Slack told of a person: name and time zone."""
    trust: float = 60.0
    """What Slack told of somebody's rights, or of who is in a user group."""
    ask: float = 8.0
    """Until somebody is told that Slack does not say whether they are a moderator."""
    home: float = 1.0
    """Between two times that somebody's home tab is published."""
    pause: float = 60.0
    """Until Slack is asked again about a person of whom it told nothing."""
