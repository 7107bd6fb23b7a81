"""What only OpenAI needs, and has no room in the file of its provider: its counters, its older billing.
Nobody but that file looks in here.
"""
