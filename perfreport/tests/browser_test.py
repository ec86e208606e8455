#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""browser_test.py PERFREPORT GOLDEN_FOLDER CHROMIUM: the flame graph page in a real browser."""

import base64
import json
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest
import zlib

from browser import Browser
from diff_test import moved
from golden_test import build_id

WIDTH, HEIGHT = 1300, 800
LARGE = 200_000
LEAF, START_HERE = (0x400150, 0x400168, 0x40016b), 0x400229  # of twotasks.elf


def varint(number):
    out = bytearray()
    while True:
        out.append(number & 127 | (128 if number > 127 else 0))
        number >>= 7
        if not number:
            return bytes(out)


def packed(head, numbers):
    """The data of a page as page_data.c states them."""
    return base64.b64encode(zlib.compress(json.dumps(head).encode() + b"\0" + numbers, 1)).decode()


def large_data():
    """The data of a page with LARGE nodes and a sample in each, made here by the rules that page_data.c states."""
    chance = random.Random(1)
    strings = ["", "lib.so", "task"] + [f"function_{i:04d}" for i in range(3000)]
    frames = b"".join(varint(i + 3) + varint(1) + varint(1 + i % 3) for i in range(3000))
    tree, cells, moments, depth, slot = bytearray(), bytearray(), bytearray(), 0, 0
    for i in range(LARGE):
        up = 0 if depth == 0 else min(chance.choice((0, 0, 0, 1, 1, 2, 5)), depth)
        if depth - up >= 90:
            up = depth - 60
        depth += 1 - up
        tree += varint(up) + varint(chance.randrange(3000))
        samples = varint(chance.randrange(1, 9))
        cells += varint(1) + varint(0) + varint(1 + i % 2) + samples
        moments += varint(1 if i % 13 == 0 else 0) + varint(i) + samples
    lists = [tree, cells, moments, frames]
    at = [[sum(map(len, lists[:i])), len(part)] for i, part in enumerate(lists)]
    counts = {"frequency": 0, "lost": 0, "throttled": 0, "coalesced": 0, "throttles": 0, "counted": True, "broken": 0,
              "weighted": False}
    empty = {"name": "faults", "period": 1, "samples": 0, "weight": 0, "chains": 0, "user_chains": 0, "nr_nodes": 0,
             "tree": [0, 0], "nr_cells": 0, "cells": [0, 0], "nr_moments": 0, "moments": [0, 0]} | counts
    event = {"name": "cycles", "period": 1000, "samples": 1, "weight": 1000, "chains": 1, "user_chains": 1,
             "nr_nodes": LARGE, "tree": at[0], "nr_cells": LARGE, "cells": at[1], "nr_moments": LARGE,
             "moments": at[2]} | counts
    return packed({"icicle": False, "diff": False, "facts": [], "unresolved": [], "incomplete": None, "notes": [],
                   "time": {"start": 0, "slot": 1000, "nr_slots": LARGE // 13 + 1}, "strings": strings,
                   "threads": [[2, 1, 1]], "nr_frames": 3000, "frames": at[3], "events": [empty, event]}, b"".join(lists))


class FlamePage(unittest.TestCase):
    perfreport = golden = chromium = None

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="machperf-pages-"))
        name = build_id(cls.golden / "twotasks.elf")
        place = cls.dir / ".build-id" / name[:2] / name[2:]
        place.mkdir(parents=True)
        shutil.copy(cls.golden / "twotasks.elf", place / "elf")
        cls.small = cls.dir / "small.html"
        subprocess.run([cls.perfreport, "flame", "-i", cls.golden / "events.data", "-o", cls.small, "--build-id-dir",
                        cls.dir, "--title", "A <b>title</b> & more"], check=True)
        page = cls.small.read_text()
        state = {"moved": 0}

        def move(address):
            """Every second sample of leaf goes to start_here."""
            state["moved"] += address in LEAF
            return START_HERE if address in LEAF and state["moved"] % 2 else address

        changed = cls.dir / "changed.data"
        changed.write_bytes(moved((cls.golden / "events.data").read_bytes(), move))
        cls.diff = cls.dir / "diff.html"
        cls.back = cls.dir / "back.html"
        for page_, pair in ((cls.diff, (cls.golden / "events.data", changed)), (cls.back, (changed, cls.golden / "events.data"))):
            subprocess.run([cls.perfreport, "diff", "--flame", *pair, "-o", page_, "--build-id-dir", cls.dir], check=True)
        cls.large = cls.dir / "large.html"
        cls.timeline = cls.dir / "timeline.html"
        subprocess.run([cls.perfreport, "timeline", "--html", "-i", cls.golden / "events.data", "-o", cls.timeline,
                        "--build-id-dir", cls.dir], check=True)
        cls.large.write_text(re.sub(r'(id="data">).*?(</script>)', lambda m: m[1] + large_data() + m[2], page, flags=re.S))
        cls.browser = Browser(cls.chromium)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        shutil.rmtree(cls.dir, ignore_errors=True)

    def open(self, path=None, fragment="", **options):
        self.page = self.browser.open(f"file://{path or self.small}{fragment}", WIDTH, HEIGHT, **options)
        self.page.wait("Boolean(window.flame)")
        self.page.settle()
        return self.page

    def tearDown(self):
        page = self.page
        self.assertEqual(page.problems(), [])
        self.assertTrue(all(url.startswith("file:///") for url in page.requests()), page.requests())
        self.assertLessEqual(len(page.requests()), 2)

    def text(self, identifier):
        return self.page.value(f"document.getElementById('{identifier}').innerText").replace("\u202f", " ")

    def node(self, symbol, index=0):
        """The number of the index-th node of this symbol."""
        return self.page.value(
            "(() => { const found = []; for (let i = 1; i < flame.tree.nr; i++)"
            f" if (flame.model.symbol(flame.tree.frame[i]) === {json.dumps(symbol)}) found.push(i);"
            f" return found[{index}]; }})()")

    def middle(self, node):
        """The middle of a node's frame in the window."""
        return self.page.value(
            f"(() => {{ const r = flame.painter.rect(flame.tree, {node}, flame.icicle);"
            " const c = document.getElementById('canvas').getBoundingClientRect();"
            " return [c.x + Math.max(r.x, 0) + Math.min(r.width, 40) / 2, c.y + r.y + r.height / 2]; })()")

    def click_frame(self, symbol):
        self.page.click(*self.middle(self.node(symbol)))

    def zoomed(self):
        return self.page.value("flame.model.symbol(flame.tree.frame[flame.zoom])")

    def selected(self):
        return self.page.value("flame.selected < 0 ? null : flame.model.symbol(flame.tree.frame[flame.selected])")

    def pixel(self, x, y):
        """The colour drawn at a point of the window."""
        return self.page.value(
            "(() => { const canvas = document.getElementById('canvas'), box = canvas.getBoundingClientRect();"
            " return [...canvas.getContext('2d').getImageData("
            f"({x} - box.x) * flame.painter.ratio, ({y} - box.y) * flame.painter.ratio, 1, 1).data]; }})()")

    def test_the_totals_are_those_of_the_report(self):
        page = self.open()
        report = json.loads(subprocess.run(
            [self.perfreport, "report", "--json", "--children", "-i", self.golden / "events.data", "--build-id-dir",
             self.dir], capture_output=True, check=True).stdout)
        for index, event in enumerate(report["events"]):
            sums = page.value(
                f"(() => {{ const m = flame.model, t = m.tree({{...flame.view, event: {index}}}), s = functionsBelow(m, t, 0);"
                " return [...Array(m.frames.nr).keys()].map(i => [m.symbol(i), m.dso(i), s.selfSamples[i], s.samples[i]]); })()"
                .replace("functionsBelow", "flame.functionsBelow"))
            shown = {(symbol, dso): (self_, total) for symbol, dso, self_, total in sums if dso and total}
            expected = {(row["symbol"], row["dso"]): (row["self"], row["total"]) for row in event["rows"]}
            self.assertEqual(shown, expected)

    def test_header(self):
        page = self.open()
        self.assertEqual(self.text("title"), "A <b>title</b> & more")
        self.assertEqual(page.value("document.title"), "A <b>title</b> & more")
        self.assertIn("twotasks", self.text("command"))
        self.assertIn(page.value("new Map(flame.model.data.facts).get('kernel')"), self.text("machine"))
        for words in ("lost 0", "broken callchains", "samples"):
            self.assertIn(words, self.text("facts"))
        self.assertIn("user", self.text("legend"))
        page.key("d")
        self.assertTrue(page.value("document.getElementById('recording').open"))
        self.assertIn("callchains", self.text("recording"))
        page.key("Escape")
        self.assertFalse(page.value("document.getElementById('recording').open"))

    def test_zoom_and_reset(self):
        page = self.open()
        before = page.value(f"flame.painter.rect(flame.tree, {self.node('child_work')}, false).width")
        self.click_frame("child_work")
        self.assertEqual(self.zoomed(), "child_work")
        after = page.value(f"flame.painter.rect(flame.tree, {self.node('child_work')}, false).width")
        self.assertGreater(after, before * 1.5)
        self.assertAlmostEqual(after, page.value("flame.painter.width"), delta=1)
        self.assertIn("start_here", self.text("path"))
        page.click_on("#reset")
        self.assertEqual(self.zoomed(), "all")
        self.assertEqual(self.text("path"), "")
        self.click_frame("parent_work")
        page.click_on("#path button")  # the way back
        self.assertEqual(self.zoomed(), "all")
        page.value("history.back()")
        page.wait("flame.zoom !== 0")
        self.assertEqual(self.zoomed(), "parent_work")

    def test_tooltip_and_detail(self):
        page = self.open()
        page.move(*self.middle(self.node("recurse")))
        self.assertFalse(page.value("document.getElementById('tip').hidden"))
        self.assertIn("recurse", self.text("tip"))
        self.assertIn("twotasks", self.text("tip"))
        self.assertIn("recurse [twotasks]", self.text("detail"))
        page.move(5, 5)
        self.assertTrue(page.value("document.getElementById('tip').hidden"))

    def test_search(self):
        page = self.open()
        x, y = self.middle(self.node("child_work"))
        plain = self.pixel(x, y + 6)
        page.key("/")
        page.type("child_w")
        weight = page.value(f"flame.tree.weight[{self.node('child_work')}] / flame.tree.weight[0] * 100")
        self.assertEqual(self.text("matched"), f"{weight:.2f} % matched, 1 function")
        self.assertNotEqual(self.pixel(x, y + 6), plain)
        self.assertIn("search=child_w", page.value("location.hash"))
        page.key("Enter")
        self.assertEqual(self.selected(), "child_work")
        page.key("Escape")
        self.assertEqual(self.text("matched"), "")
        self.assertEqual(page.value("document.getElementById('search').value"), "")
        page.key("Escape")
        page.move(5, 5)
        self.assertEqual(self.pixel(x, y + 6), plain)
        page.key("/")
        page.type("leaf|recurse")
        self.assertIn("2 functions", self.text("matched"))
        page.key("Escape")
        page.key("/")
        page.type("no such")
        self.assertEqual(self.text("matched"), "no match")
        page.key("Escape")
        page.key("/")
        page.type("((")
        self.assertEqual(self.text("matched"), "no match")

    def test_keyboard(self):
        page = self.open()
        page.key("ArrowUp")
        self.assertEqual(self.selected(), "all")
        page.key("ArrowUp")
        first = self.selected()
        self.assertIn(first, ("parent task", "child; <task>"))
        page.key("ArrowRight")
        self.assertNotEqual(self.selected(), first)
        page.key("ArrowLeft")
        self.assertEqual(self.selected(), first)
        page.key("ArrowUp")
        self.assertEqual(self.selected(), "_start")
        page.key("ArrowUp")
        page.key("Enter")
        self.assertEqual(self.zoomed(), "start_here")
        page.key("ArrowDown")
        self.assertEqual(self.selected(), "_start")
        page.key("Escape")
        self.assertEqual(self.zoomed(), "all")
        page.key("i")
        self.assertEqual(page.value("document.getElementById('icicle').getAttribute('aria-pressed')"), "true")
        self.assertLess(page.value("flame.painter.rect(flame.tree, 0, flame.icicle).y"),
                        page.value("flame.painter.rect(flame.tree, 1, flame.icicle).y"))
        page.key("r")
        page.key("?")
        self.assertTrue(page.value("document.getElementById('help').open"))
        page.key("Escape")
        self.assertFalse(page.value("document.getElementById('help').open"))
        page.key("f")
        self.assertTrue(page.value("getComputedStyle(document.getElementById('hot')).display === 'none'"))
        page.key("t")
        self.assertEqual(page.value("document.documentElement.dataset.theme"), "dark")

    def test_events(self):
        page = self.open()
        self.assertEqual(page.value("document.querySelectorAll('#events button').length"), 2)
        page.click_on("#events button:nth-child(2)")
        self.assertEqual(page.value("flame.event"), 1)
        self.assertIn("page-faults", page.value("decodeURIComponent(location.hash)"))
        faults = page.value("flame.tree.samples[0]")
        page.key("e")
        self.assertEqual(page.value("flame.event"), 0)
        self.assertNotEqual(page.value("flame.tree.samples[0]"), faults)
        self.assertEqual(page.value("document.querySelector('#events [aria-checked=true] .name').innerText"),
                         page.value("flame.model.events[0].name"))

    def test_an_event_without_samples(self):
        """It can be chosen, but is not what the page begins with."""
        page = self.open(self.large)
        self.assertEqual(page.value("flame.model.events[flame.event].name"), "cycles")
        self.assertEqual(page.value("document.querySelector('#events button .count').innerText"), "no samples")
        page.click_on("#events button:first-child")
        self.assertIn("event=faults", page.value("location.hash"))
        self.assertEqual(page.value("flame.tree.nr"), 1)
        self.assertIn("samples 0", self.text("facts"))
        page.click(400, HEIGHT - 120)
        page.key("ArrowUp")
        self.assertEqual(self.zoomed(), "all")
        page.key("e")
        self.assertEqual(page.value("flame.tree.nr"), LARGE + 1)

    def test_the_root_stands_at_the_edge(self):
        """Whatever changes: events of other heights, the list, the orientation."""
        for path in (self.small, self.large):
            page = self.open(path)
            for key in ("e", "e", "f", "i", "i", "f"):
                page.key(key)
                page.settle()
                box = page.value("(() => { const r = flame.painter.rect(flame.tree, 0, flame.icicle);"
                                 " return [r.y, r.y + r.height, document.getElementById('scroll').clientHeight]; })()")
                gap = box[0] if page.value("flame.icicle") else box[2] - box[1]
                self.assertTrue(0 <= gap <= 8, f"{path.name} {key}: {box}")

    def test_diff(self):
        """What moved from leaf to start_here has shrunk and is new; the sides are those of the table."""
        page = self.open(self.diff)
        table = json.loads(subprocess.run(
            [self.perfreport, "diff", "--json", self.golden / "events.data", self.dir / "changed.data", "--build-id-dir",
             self.dir], capture_output=True, check=True).stdout)["events"][0]
        for side in ("new", "base"):
            self.assertEqual(page.value("flame.view.side"), side)
            sums = page.value("(() => { const m = flame.model, s = flame.functionsBelow(m, flame.tree, 0);"
                              " return [...Array(m.frames.nr).keys()].map(i => [m.symbol(i), m.dso(i), s.selfSamples[i], s.samples[i]]); })()")
            shown = {(symbol, dso): (own, total) for symbol, dso, own, total in sums if dso and total}
            expected = {(row["symbol"], row["dso"]): (row[side]["self"], row[side]["total"]) for row in table["rows"]
                        if row[side]["total"]}
            self.assertEqual(shown, expected)
            page.key("b")
        self.assertEqual(page.value("flame.view.side"), "both")
        self.assertTrue(page.value("[...flame.tree.weight].every(w => w > 0)"))
        self.assertNotIn("samples", self.text("detail"))  # the widths of both are no counts
        page.value("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (t) => { window.copied = t; } } })")
        page.key("c")
        page.wait("window.copied")
        pairs = [tuple(map(int, line.split()[-2:])) for line in page.value("window.copied").splitlines()]
        self.assertEqual((sum(base for base, _ in pairs), sum(new for _, new in pairs)), (table["base"]["samples"], table["new"]["samples"]))
        page.key("b")
        self.assertEqual(page.value("flame.view.side"), "new")
        self.assertEqual(page.value("flame.tree.share.base[0]"), 1)
        x, y = self.middle(self.node("leaf"))
        page.move(x, y)
        self.assertIn("new vs base −", self.text("tip"))
        self.assertIn("shrunk", self.text("detail"))
        red, _, blue, _ = self.pixel(x, y + 6)
        self.assertGreater(blue, red)
        x, y = self.middle(self.node("start_here", 1) if self.page.value(
            f"flame.tree.share.base[{self.node('start_here')}] > 0") else self.node("start_here"))
        page.move(x, y)
        self.assertRegex(self.text("detail"), r"new vs base \+.*new$")
        red, _, blue, _ = self.pixel(x, y + 6)
        self.assertGreater(red, blue)
        for words in ("grown", "shrunk", "new", "removed"):
            self.assertIn(words, self.text("legend"))
        self.assertIn("1.000×", self.text("facts"))

    def test_diff_shows_what_was_removed(self):
        page = self.open(self.back)
        removed = "[...flame.tree.share.new.keys()].filter(i => i && flame.tree.share.new[i] === 0)"
        self.assertGreater(page.value(removed + ".length"), 0)
        self.assertTrue(page.value(removed + ".every(i => flame.tree.weight[i] === 0)"))
        page.click_on("#side-both")
        self.assertTrue(page.value(removed + ".every(i => flame.tree.weight[i] > 0)"))
        page.click_on("#side-base")
        self.assertEqual(page.value("document.getElementById('side-base').getAttribute('aria-checked')"), "true")
        self.assertTrue(page.value(removed + ".every(i => flame.tree.weight[i] > 0)"))
        self.assertIn("side=base", page.value("location.hash"))
        page = self.open(self.back, fragment="#side=base")
        node = page.value(removed + "[0]")
        page.move(*self.middle(node))
        self.assertIn("removed", self.text("detail"))
        page = self.open(self.small)
        self.assertTrue(page.value("document.getElementById('sides').hidden"))

    def test_diff_lists_changes(self):
        """The list of functions says the changes the table says."""
        page = self.open(self.diff)
        table = json.loads(subprocess.run(
            [self.perfreport, "diff", "--json", self.golden / "events.data", self.dir / "changed.data", "--build-id-dir",
             self.dir], capture_output=True, check=True).stdout)["events"][0]
        shown = page.value("[...document.querySelectorAll('#hot-list button')].map(b => [b.querySelector('.sym').innerText,"
                           " b.querySelector('.change').innerText, b.querySelector('.pct').innerText, b.querySelector('.num').innerText])")
        expected = {row["symbol"]: row for row in table["rows"]}
        self.assertEqual(shown[0][0], table["rows"][0]["symbol"])
        for symbol, change, share, counts in shown:
            row = expected[symbol]
            self.assertEqual(change, row["class"])
            self.assertAlmostEqual(float(re.sub("[^0-9.]", "", share)), abs(100 * row["new_vs_base"]["self_share"]), delta=0.006)
            self.assertEqual([int(n.replace("\u202f", "")) for n in counts.split(" → ")], [row["base"]["self"], row["new"]["self"]])

    def test_permalink(self):
        self.open()
        self.click_frame("recurse")
        self.page.key("/")
        self.page.type("leaf")
        address = self.page.value("location.hash")
        page = self.open(fragment=address + "&icicle=1")
        self.assertEqual(self.zoomed(), "recurse")
        self.assertEqual(page.value("document.getElementById('search').value"), "leaf")
        self.assertTrue(page.value("flame.icicle"))
        page = self.open(fragment="#zoom=99999999&event=none&search=%&thread=77&cpu=x&time=5&side=base&lanes=cpu")
        self.assertEqual(self.zoomed(), "all")
        self.assertEqual(page.value("flame.tree.samples[0]"), page.value("flame.model.events[0].samples"))
        page = self.open(fragment="#threads=each&inverted=1&event=" + page.value("encodeURIComponent(flame.model.events[1].name)"))
        self.assertEqual(page.value("[flame.view.threads, flame.view.inverted, flame.view.event]"), ["each", True, 1])

    def test_copy(self):
        page = self.open()
        self.click_frame("parent_work")
        page.value("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (t) => { window.copied = t; } } })")
        page.key("c")
        page.wait("window.copied")
        lines = page.value("window.copied").splitlines()
        self.assertTrue(all(line.startswith("parent task;_start;start_here;parent_work;") for line in lines))
        self.assertEqual(sum(int(line.rsplit(" ", 1)[1]) for line in lines),
                         page.value(f"flame.tree.samples[{self.node('parent_work')}]"))
        self.assertIn("copied", self.text("toast"))

    def totals(self):
        """Of each function: samples of its own and with what it called."""
        return self.page.value("(() => { const m = flame.model, s = flame.functionsBelow(m, flame.upright, 0);"
                               " return [...Array(m.frames.own).keys()].filter(i => s.samples[i] && m.dso(i)).map(i =>"
                               " [m.symbol(i), s.selfSamples[i], s.samples[i]]); })()")

    def test_inverted(self):
        """Below the root stands what ran, as often as it ran; below it its callers, up to the task."""
        page = self.open()
        selves = {symbol: own for symbol, own, _ in self.totals() if own}
        page.key("v")
        self.assertIn("inverted=1", page.value("location.hash"))
        roots = page.value("(() => { const t = flame.tree, out = []; for (let i = 1; i < t.nr; i = t.end[i])"
                           " out.push([flame.model.symbol(t.frame[i]), t.samples[i]]); return out; })()")
        self.assertEqual(dict(map(tuple, roots)), selves)
        self.assertEqual(page.value("flame.tree.samples[0]"), page.value("flame.upright.samples[0]"))
        node = self.node("leaf")
        called_by = page.value(f"flame.model.symbol(flame.tree.frame[{node} + 1])")
        self.assertIn(called_by, ("recurse", "child_work", "parent_work"))
        page.move(*self.middle(node))
        self.assertNotIn("self", self.text("tip"))
        page.click_on("#inverted")
        self.click_frame("leaf")
        page.key("v")
        self.assertEqual((self.zoomed(), page.value("flame.tree.depth[flame.zoom]")), ("leaf", 1))

    def test_threads(self):
        page = self.open()
        before = self.totals()
        choices = page.value("[...document.querySelectorAll('#threads option')].map(o => [o.value, o.innerText])")
        self.assertEqual([value for value, _ in choices[:2]], ["merged", "each"])
        page.key("p")
        self.assertEqual(page.value("document.getElementById('threads').value"), "each")
        self.assertEqual(self.totals(), before)
        labels = page.value("[...flame.tree.depth.keys()].filter(i => flame.tree.depth[i] === 2).map(i => flame.model.symbol(flame.tree.frame[i]))")
        self.assertTrue(set(labels) <= {label.split(" · ")[0] for _, label in choices[2:]})
        report = json.loads(subprocess.run(
            [self.perfreport, "report", "--json", "--sort", "thread", "-i", self.golden / "events.data", "--build-id-dir",
             self.dir], capture_output=True, check=True).stdout)["events"][0]
        self.assertEqual(sorted(int(label.rsplit(" ", 1)[1]) for label in labels), sorted({row["tid"] for row in report["rows"]}))
        for value, label in choices[2:]:
            page.value(f"flame.setThreads({json.dumps(value)})")
            name, tid = re.match(r"(.*) thread (\d+)", label).groups()
            self.assertEqual(page.value("flame.tree.samples[0]"), sum(
                row["self"] for row in report["rows"] if (row["task"], row["tid"]) == (name, int(tid))))
            self.assertIn("chosen", self.text("facts"))

    def test_timeline(self):
        """A span brushed over shows what perf counts in it: here by the times of the samples in JSON."""
        page = self.open(self.timeline)
        lanes = json.loads(subprocess.run(
            [self.perfreport, "timeline", "--json", "--by", "thread", "--bins", "16384", "-i", self.golden / "events.data",
             "--build-id-dir", self.dir], capture_output=True, check=True).stdout)["events"][0]["lanes"]
        self.assertFalse(page.value("document.getElementById('time').hidden"))
        whole = page.value("flame.tree.samples[0]")
        box = page.value("(() => { const b = document.getElementById('lanes').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()")
        from_, to = box[0] + 150 + (box[2] - 150) * 0.25, box[0] + 150 + (box[2] - 150) * 0.5
        page.drag(from_, box[1] + 10, to, box[1] + 12)
        first, last = page.value("flame.view.range")
        chosen = page.value("flame.tree.samples[0]")
        self.assertEqual(chosen, sum(sum(lane["samples"][first:last + 1]) for lane in lanes))
        self.assertTrue(0 < chosen < whole)
        self.assertIn("chosen", self.text("facts"))
        self.assertIn(f"time={first}-{last}", page.value("location.hash"))
        self.assertEqual(sum(own for _, own, _ in self.totals()), chosen)
        address = page.value("location.hash")
        self.assertEqual(self.open(self.timeline, fragment=address).value("flame.tree.samples[0]"), chosen)
        page = self.page
        page.value("document.getElementById('lanes').focus()")
        page.key("ArrowRight")
        self.assertGreater(page.value("flame.view.range[0]"), first)
        page.click_on("#time-zoom")
        self.assertEqual(page.value("flame.lanes.visible"), page.value("flame.view.range"))
        page.click_on("#time-all")
        self.assertIsNone(page.value("flame.view.range"))
        self.assertEqual(page.value("flame.tree.samples[0]"), whole)
        for kind in page.value("flame.lanes.kinds"):
            page.value(f"flame.setLanes({json.dumps(kind)})")
            # Every sample stands in a lane, whatever the lanes are of.
            weight = page.value("flame.lanes.lanes.shown.reduce((sum, lane) => sum + lane.sum, 0)")
            wanted = page.value("flame.model.events.reduce((sum, e) => sum + e.weight, 0)" if kind == "event" else "flame.tree.weight[0]")
            self.assertEqual(weight, wanted)
        page.click(box[0] + 40, box[1] + 10)  # the label of the first event's lane
        self.assertEqual(page.value("flame.event"), 0)

    def test_print(self):
        """On paper the whole graph in light colours, without what can only be clicked."""
        page = self.open(dark=True)
        page.value("window.matchMedia('print').addEventListener('change', () => {}); window.dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(page.value("document.documentElement.dataset.theme"), "light")
        self.assertGreaterEqual(page.value("flame.painter.height"), page.value("flame.tree.height * 19"))
        page.value("window.dispatchEvent(new Event('afterprint'))")
        self.assertEqual(page.value("document.documentElement.dataset.theme"), "dark")
        self.assertGreater(len(page.call("Page.printToPDF", landscape=True, printBackground=True)["data"]), 5000)

    def test_functions(self):
        page = self.open()
        first = page.value("document.querySelector('#hot-list .sym').innerText")
        self.assertEqual(first, "leaf")
        page.click_on("#hot-list button")
        self.assertIn("1 function", self.text("matched"))
        self.assertEqual(page.value("document.getElementById('search').value"), "^leaf$")
        page.click_on("#by-total")
        self.assertIn("_start", page.value("[...document.querySelectorAll('#hot-list .sym')].slice(0, 2).map(e => e.innerText)"))

    def test_accessible_names(self):
        page = self.open()
        tree = page.call("Accessibility.getFullAXTree")["nodes"]
        for node in tree:
            role = node.get("role", {}).get("value")
            if role in ("button", "searchbox", "radio", "application", "dialog", "radiogroup"):
                self.assertTrue(node.get("name", {}).get("value"), f"{role} without a name")

    def test_light_and_dark(self):
        light = self.open().value("getComputedStyle(document.body).backgroundColor")
        dark = self.open(dark=True).value("getComputedStyle(document.body).backgroundColor")
        brightness = [sum(map(int, re.findall(r"\d+", colour))) for colour in (light, dark)]
        self.assertGreater(brightness[0], 600)
        self.assertLess(brightness[1], 120)

    def test_large(self):
        """Every way to look at LARGE nodes answers; how fast is for the bench."""
        page = self.open(self.large)
        self.assertLess(self.large.stat().st_size, 5_000_000)
        self.assertEqual(page.value("flame.tree.nr"), LARGE + 1)
        whole = page.value("flame.tree.samples[0]")
        page.key("/")
        page.type("function_12.4")
        self.assertIn("10 functions", self.text("matched"))
        page.key("Enter")
        self.assertRegex(self.selected(), "^function_12.4$")
        page.key("Escape")
        page.click(400, HEIGHT - 120)
        self.assertNotEqual(page.value("flame.zoom"), 0)
        page.key("r")
        page.key("v")
        self.assertEqual(page.value("flame.tree.samples[0]"), whole)
        self.assertGreater(page.value("flame.tree.nr"), 3000)
        page.key("v")
        page.value("flame.setThreads('cpu0')")
        self.assertTrue(0 < page.value("flame.tree.samples[0]") < whole)
        page.value("flame.setRange([100, 200])")
        self.assertTrue(0 < page.value("flame.tree.samples[0]") < 9000)


if __name__ == "__main__":
    FlamePage.perfreport, FlamePage.golden, FlamePage.chromium = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
