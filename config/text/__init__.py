"""Text as it is compared, masked and set: what every room does to it alike."""
