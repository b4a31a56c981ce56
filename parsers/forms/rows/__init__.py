"""Classifies the rows below a heading and reads the values of students' rows."""
