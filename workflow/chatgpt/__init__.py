"""What only ChatGPT needs: its session, cookies and tokens. The provider itself is one file in
``providers``, and no other provider looks in here.
"""
