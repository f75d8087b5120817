"""The half-yearly review of the SOP: the report, the proposed targets, and the decision of the Sekretaris."""
