"""Tables that are not the template filled in: turned, split over sheets, or under headings of their own."""
