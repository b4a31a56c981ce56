"""The commands by subject: setting up, bringing in, asking, telling."""
