"""What clerks send, mess by mess (domain §3), each with what must come of it; also the source of docs/reading.md."""
