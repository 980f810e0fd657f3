"""What is ink in a picture and what is paper: from a file to the mask of the writing.

In the order of the work: picture, ink, boxes, frames.
"""
