"""What the office's people answer and ask by mail: judged, carried out, told back."""
