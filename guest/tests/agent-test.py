#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The runtime and the agent on the stock kernel: what needs no perf interface.

agent-test.py QEMU FIRMWARE KERNEL AGENT RUNTIME-TEST
"""
import sys
import tempfile
import unittest

import session

ATTR = session.attr()


class StockKernel(unittest.TestCase):
    def run_agent(self, **arguments):
        result = machine.run(**arguments)
        self.assertIsNone(result.broken)
        self.assertNotIn("db>", result.console)
        return result

    def assert_error(self, result, code, text):
        self.assertEqual(result.kinds(), ["ERROR"])
        self.assertEqual(result.error()[0], code)
        self.assertIn(text, result.error()[3])
        self.assertIn("machperf agent: " + text, result.console)
        self.assertEqual(result.status, code)

    def test_runtime(self):
        with tempfile.TemporaryDirectory() as where:
            result = machine.boot(
                [f"{runtime} ${{host-port}} ${{device-port}} $(task-create) $(task-resume)"], where)
        self.assertIn("runtime: all good", result.console)
        self.assertNotIn("FAIL", result.console)
        self.assertEqual(result.status, 0)

    def test_no_interface(self):
        result = self.run_agent(files={"config": session.config("w"), "attrs": ATTR,
                                       "workload": b"x"})
        self.assert_error(result, session.ERROR_NO_INTERFACE, "this kernel has no perf interface")
        self.assertEqual(result.error()[2], -303)   # MIG_BAD_ID

    def test_not_an_archive(self):
        result = self.run_agent(archive=b"no archive at all" * 100)
        self.assert_error(result, session.ERROR_CONFIG,
                          "the session's archive: not a cpio archive of the new format")

    def test_no_config(self):
        result = self.run_agent(files={"attrs": ATTR})
        self.assert_error(result, session.ERROR_CONFIG, "the session's archive has no config")

    def test_bad_config(self):
        result = self.run_agent(files={"config": b"version 1\ncolour red\n", "attrs": ATTR})
        self.assert_error(result, session.ERROR_CONFIG, "config, line 2: an unknown key")

    def test_bad_attrs(self):
        result = self.run_agent(files={"config": session.config("w"), "attrs": ATTR[:-1]})
        self.assert_error(result, session.ERROR_CONFIG, "attrs: 127 bytes are not 1 to 64")

    def test_no_emulator_port(self):
        result = machine.run(files={}, port=False, last=b"no machperf-port device")
        self.assertIn("machperf agent: this machine has no machperf-port device", result.console)
        self.assertIsNone(result.status)        # nothing ends the machine

    def test_disk_full(self):
        result = machine.run(files={"attrs": ATTR}, sink="/dev/full")
        self.assertIn("machperf agent: the host takes no more data (its error 28)", result.console)
        self.assertEqual(result.status, session.ERROR_OUTPUT)

    def test_large_archive(self):
        files = {"config": session.config("w"), "filler": bytes(range(251)) * 12345, "attrs": ATTR}
        result = self.run_agent(files=files)
        self.assert_error(result, session.ERROR_NO_INTERFACE, "this kernel has no perf interface")


if __name__ == "__main__":
    qemu, firmware, kernel, agent, runtime = sys.argv[1:6]
    machine = session.Machine(qemu, firmware, kernel, agent)
    unittest.main(argv=sys.argv[:1], verbosity=2)
