# SPDX-License-Identifier: GPL-2.0-or-later
"""The same command gives the same bytes, wherever, whenever and beside whatever it runs."""
import os
import subprocess

import machperf

OPTIONS = ["-e", "cycles,cache-misses", "-c", "20011"]
WORKLOAD = ["zlib"]


class Determinism(machperf.Session):
    def one(self, name, **more):
        self.record(OPTIONS, WORKLOAD, out=name, **more)
        machperf.run(machperf.PERFREPORT, "flame", "-i", self.path(name), "--buildid-dir",
                     self.buildids, "-o", self.path(name + ".html"), env=self.environment)
        with open(self.path(name), "rb") as f, open(self.path(name + ".html"), "rb") as g:
            return f.read(), g.read()

    def test_elsewhere_and_under_load(self):
        first = self.one("one.data")
        self.assertGreater(len(first[0]), 10000)
        elsewhere = self.path("some folder")
        os.mkdir(elsewhere)
        load = subprocess.Popen(["sh", "-c", "while :; do :; done"])
        try:
            second = self.one("two.data", cwd=elsewhere,
                              env=dict(self.environment, TZ="Asia/Tokyo", LC_ALL="C.UTF-8"))
        finally:
            load.kill()
            load.wait()
        self.assertEqual(first[0], second[0], "perf.data differs")
        self.assertEqual(first[1], second[1], "the flame graph differs")

    def test_another_host_name(self):
        if os.geteuid() != 0:
            self.skipTest("a host name of its own needs root (unshare -u)")
        first = self.one("one.data")
        script = 'hostname elsewhere.example && exec "$@"'
        machperf.run("unshare", "-u", "sh", "-c", script, "sh", machperf.PERFREC, "record",
                     "--buildid-dir", self.buildids, *OPTIONS, "-o", self.path("two.data"), "--",
                     *WORKLOAD, env=self.environment)
        with open(self.path("two.data"), "rb") as f:
            self.assertEqual(first[0], f.read())

    def test_nothing_of_the_host_in_the_file(self):
        data = self.one("one.data")[0]
        host = {os.uname().nodename, os.uname().release, self.folder, machperf.BUILD, "one.data",
                os.path.expanduser("~/")}
        for word in sorted(w for w in host if len(w) > 3):
            self.assertNotIn(word.encode(), data, word)
        self.assertIn(b"gnumach", data)
        # What the emulator is like does, to the last way.
        self.assertIn(b"\ngeometry=line=64,l1i.size=32768,l1i.ways=8,", data)


if __name__ == "__main__":
    machperf.main()
