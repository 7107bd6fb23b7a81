"""Tools that build and draw the product. They are not part of what users install."""
