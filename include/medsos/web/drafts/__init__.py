"""The page Ajukan konten: drafts, files, preview, sending."""
