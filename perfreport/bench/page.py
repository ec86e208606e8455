#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""page.py PERFREPORT GOLDEN_FOLDER CHROMIUM: how fast a page with 200 000 frames is in a real browser.

Prints the median time to draw it, still and while zooming, in milliseconds and beside a frame of a 60 Hz screen, and how
long it takes to load, to be inverted and to follow a brush over the lanes.
"""

import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import browser_test  # noqa: E402

FRAME_MS = 16.7


def drawn(page, prepare, times):
    """The median of the time to draw, each time after prepare."""
    page.value("flame.frameTimes.length = 0")
    for turn in range(times):
        page.value(prepare.replace("TURN", str(turn)))
        page.value("flame.redraw()")
        page.settle()
    return statistics.median(page.value("flame.frameTimes"))


def milliseconds(page, expression, times=5):
    """The median time of an expression that does not wait for the screen."""
    return statistics.median(page.value(f"(() => {{ const t = performance.now(); {expression.replace('TURN', str(turn))};"
                                        " return performance.now() - t; })()") for turn in range(times))


def main():
    pages = browser_test.FlamePage
    pages.perfreport, pages.golden, pages.chromium = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    pages.setUpClass()
    try:
        begin = time.monotonic()
        page = pages.browser.open(f"file://{pages.large}", browser_test.WIDTH, browser_test.HEIGHT)
        page.wait("Boolean(window.flame)")
        print(f"{page.value('flame.tree.nr') - 1} frames, {pages.large.stat().st_size / 1e6:.1f} MB: "
              f"loaded in {1000 * (time.monotonic() - begin):.0f} ms")
        for name, prepare in (("still", "1"), ("another zoom each time", "flame.zoomTo(1 + 997 * TURN)"),
                              ("with a search", "flame.searchFor('function_1TURN')")):
            median = drawn(page, prepare, 30)
            print(f"draw, {name:24} {median:6.2f} ms, {median / FRAME_MS:.2f} of a frame at 60 Hz")
        page.value("flame.reset()")
        print(f"brush to another span       {milliseconds(page, 'flame.setRange([10 + TURN, 9000])'):6.1f} ms")
        print(f"inverted                    {milliseconds(page, 'flame.setInverted(TURN % 2 === 0)', 6):6.1f} ms")
    finally:
        pages.tearDownClass()
    return 0


if __name__ == "__main__":
    sys.exit(main())
