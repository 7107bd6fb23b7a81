"""Diagnosis: advice about what is wrong and what to do, and a report to paste in public.

It only reads. The problems of a single account are shown on its row; these are the ones that rows share.
"""
