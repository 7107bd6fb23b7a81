"""What Alfred starts: the lists below the list, the actions at a key, adding an account. What they do is
done in ``workflow``; here are only its entry points.
"""
