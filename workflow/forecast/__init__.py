"""Forecasts for an account: the pace of a quota, how long a balance lasts, what is spent a day.

Pure: it is given samples and a moment, uses no clock, disk or provider, and writes no sentences.
"""
