"""Files that leave the system: tables and maps, made on request and never stored."""
