"""What all sheets of the workbook look alike in."""

from __future__ import annotations

from typing import Any

_A4 = 9


def set_up_page(sheet: Any) -> None:
    """Printed across, as many pages long as needed and one wide, with its name and the page's number."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")


def heading_format(book: Any) -> Any:
    """Of the first row of a table."""
    return book.add_format(
        {"bold": True, "bg_color": "#E9E4DD", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    )
