"""Forms made for one unit, its name and its last rows filled in: workbooks, and Word documents for records of visits."""
