"""Red letters (红字发票): what of an issued invoice is taken back, when, and how far that is."""
