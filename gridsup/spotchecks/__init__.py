"""督查抽查 (P10-S3): a repeatable draw of visited shops, each visited again and compared."""
