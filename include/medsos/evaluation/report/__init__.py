"""The *Laporan Evaluasi Pengelolaan Medsos* of a cycle, a month or a half-year, as official documents."""
