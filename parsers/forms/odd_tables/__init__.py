"""Tables that differ from the template: turned, split over sheets, or with headings of their own."""
