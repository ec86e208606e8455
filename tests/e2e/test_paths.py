# SPDX-License-Identifier: GPL-2.0-or-later
"""machperf's own CI, as docs/ci.md describes it: what our paths in the kernel cost, held to the baseline in gate/; and the
examples of that page."""
import json
import os
import re
import shutil
import subprocess

import machperf
import paths

HERE = os.path.dirname(os.path.abspath(__file__))
BASELINE, RULES = (os.path.join(HERE, "gate", name) for name in ("paths.json", "rules"))
PAGE = os.path.join(HERE, "..", "..", "docs", "ci.md")
DEARER = os.path.join(machperf.BUILD, "kern", "gnumach-amd64-up-dearer")


class Paths(machperf.Session):
    def gate(self, table, *options):
        with open(self.path("new.json"), "w", encoding="utf-8") as file:
            json.dump(table, file)
        return machperf.run(machperf.PERFREPORT, "gate", "--base", BASELINE, "--new", self.path("new.json"), "--rules", RULES,
                            *options, check=False, env=self.environment)

    def test_no_dearer_than_the_baseline(self):
        done = self.gate(paths.table(machperf.BUILD), "--all")
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_dearer_hook_fails(self):
        done = self.gate(paths.table(machperf.BUILD, DEARER))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"REGRESSION instructions:k context switch \[machperf\]: new \d+ vs base \d+")
        self.assertNotIn("REGRESSION instructions:k RPC", done.stdout)

    def test_another_kernel_is_no_verdict(self):
        with open(BASELINE, encoding="utf-8") as file:
            table = json.load(file)
        table["facts"]["kernel"] = "another"
        self.assertEqual(self.gate(table).returncode, 3)


def of_yaml(text):
    """A block of YAML as Debian's python3-yaml reads it; the python that runs us may be another one."""
    return json.loads(machperf.run("/usr/bin/python3", "-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))",
                                   text).stdout)


class Examples(machperf.Session):
    """The commands of the page's YAML: one with a program that became dearer, one with the same program."""

    def commands(self):
        with open(PAGE, encoding="utf-8") as page:
            github, gitlab = (of_yaml(block) for block in re.findall(r"```yaml\n(.*?)```", page.read(), re.S))
        steps = {step.get("name"): step.get("run") for step in github["jobs"]["gate"]["steps"]}
        script = gitlab["performance"]["script"]
        return {"github": steps["gate"], "gitlab": "\n".join(line for line in script if "perfre" in line)}

    def test_they_run(self):
        os.makedirs(self.path("machperf"))
        os.symlink(machperf.BUILD, self.path("machperf/build"))
        os.makedirs(self.path("base"))
        with open(self.path("budgets"), "w", encoding="utf-8") as file:
            file.write("# none\n")
        shutil.copy(os.path.join(machperf.WORKLOADS, "spin"), self.path("base/program"))
        commands = self.commands()
        for forge, program, expect, name, text in (("github", "stride", 1, "gate.sarif", '"version": "2.1.0"'),
                                                   ("gitlab", "spin", 0, "gate.xml", "<testsuites")):
            with self.subTest(forge):
                shutil.copy(os.path.join(machperf.WORKLOADS, program), self.path("program"))
                done = subprocess.run(["sh", "-e", "-c", commands[forge]], cwd=self.folder, capture_output=True, text=True,
                                      env=dict(self.environment, GITHUB_STEP_SUMMARY=self.path("summary.md")),
                                      timeout=machperf.TIMEOUT, check=False)
                self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
                with open(self.path(name), encoding="utf-8") as file:
                    self.assertIn(text, file.read())
        with open(self.path("summary.md"), encoding="utf-8") as file:
            self.assertIn("### perfreport gate: regression", file.read())


if __name__ == "__main__":
    machperf.main()
