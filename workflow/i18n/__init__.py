"""What the product says, in every language it speaks. Only sentences live here, and nothing that decides
which one to say.
"""
