package decode

// PlainTOML is the part of TOML that does without the library.
var PlainTOML = plainTOML
