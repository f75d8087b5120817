"""Event logs of a period for process mining: OCEL 2.0 (JSON) and XES."""

from medsos.evaluation.mining.files import FORMATS, EventLogFile, files_of

__all__ = ["FORMATS", "EventLogFile", "files_of"]
