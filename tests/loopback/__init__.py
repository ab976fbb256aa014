"""Stand-ins for the chat platforms that live on loopback and are spoken to over real sockets."""
