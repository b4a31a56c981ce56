"""Settings around their TOML file: those that the environment says, where each comes from, and their JSON Schema."""
