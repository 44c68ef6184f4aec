"""The commands: what the keeper of the machine types."""
