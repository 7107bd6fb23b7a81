"""What builds and draws the product. Nobody who installs it gets this folder."""
