"""Every figure in the README comes from a script here. Each prints its machine and a peer measured in the same run."""
