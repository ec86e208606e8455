#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""perfrec stat with a fake emulator: what it writes, and what can go wrong.

Usage: stat_test.py PERFREC FAKE_EMULATOR SCHEMA SCHEMA_CHECK"""

import csv
import io
import json
import os
import sys
import unittest

import record_test

SCHEMA_FILE, SCHEMA_CHECK = sys.argv[3:5]
sys.path.insert(0, os.path.dirname(SCHEMA_CHECK))
import schema  # noqa: E402  found by the line above

DEFAULT = ['cycles', 'instructions', 'branches', 'branch-misses', 'cache-references', 'cache-misses']


class Stat(record_test.Tree):
    COMMAND = 'stat'

    def good(self, *args, **options):
        code, out, err = self.record(*args, **options)
        self.assertEqual(code, 0, err)
        self.assertEqual(os.listdir(os.path.join(self.top, 'tmp')), [])
        return out, err

    def json(self, *args, **options):
        result = json.loads(self.good('--json', *args, **options)[0])
        with open(SCHEMA_FILE, encoding='utf-8') as file:
            self.assertEqual(list(schema.problems(result, json.load(file))), [])
        return result


class Good(Stat):
    def test_text(self):
        out, err = self.good('chase', '7')
        self.assertEqual(out, 'hello from chase\n')
        self.assertEqual(err.splitlines(), [
            'Events of chase 7:', '',
            '      30,000,000  cycles', '      15,000,000  instructions', '      10,000,000  branches',
            '       7,500,000  branch-misses', '       6,000,000  cache-references', '       5,000,000  cache-misses', '',
            '     0.500    IPC                    instructions / cycles',
            '     75.00 %  branch-miss-rate       branch-misses / branches',
            '   500.000    branch-MPKI            1000 * branch-misses / instructions',
            '     83.33 %  cache-miss-rate        cache-misses / cache-references',
            '   333.333    cache-MPKI             1000 * cache-misses / instructions', '',
            '0.000005 s of guest time on the CPU; deterministic: every run counts the same'])
        self.assertEqual(os.listdir(self.out), [])

    def test_attributes(self):
        """The events only count, with their modifiers; nothing is recorded beside them."""
        self.good('-e', 'instructions:u,r412e:k', '-a', 'chase', mode='attributes')

    def test_ratios_by_modifier(self):
        out = self.json('-e', 'instructions:u,cycles:k,cycles:u,cpu-cycles', 'chase')
        self.assertEqual([(r['name'], r['formula']) for r in out['ratios']], [('IPC', 'instructions:u / cycles:u')])
        self.assertAlmostEqual(out['ratios'][0]['value'], 3)

    def test_ratios_of_two(self):
        out = self.json('-e', 'L1-dcache-loads,L1-dcache-stores,L1-dcache-load-misses,instructions', 'chase')
        self.assertEqual([(r['name'], r['formula']) for r in out['ratios']],
                         [('L1-dcache-miss-rate', 'L1-dcache-load-misses / (L1-dcache-loads + L1-dcache-stores)'),
                          ('L1-dcache-MPKI', '1000 * L1-dcache-load-misses / instructions')])
        self.assertAlmostEqual(out['ratios'][0]['value'], 10 / 45)

    def test_division_by_none(self):
        out = self.json('-e', 'cycles,instructions', 'chase', env={'FAKE_COUNT': '0'})
        self.assertEqual(out['ratios'], [{'name': 'IPC', 'value': None, 'formula': 'instructions / cycles'}])
        self.assertIn('n/a    IPC', self.good('-e', 'cycles,instructions', 'chase', env={'FAKE_COUNT': '0'})[1])

    def test_json(self):
        out = self.json('-a', '-r', '3', 'chase', 'two words', 'quote"\\\t', 'übel', os.fsdecode(b'\xff\xed\xa0\x80'))
        self.assertEqual(out['command'], ['chase', 'two words', 'quote"\\\t', 'übel', '\ufffd' * 4])
        self.assertEqual((out['scope'], out['runs'], out['same'], out['exit']), ('system', 3, True, {'status': 0}))
        self.assertEqual([e['name'] for e in out['events']], DEFAULT)
        self.assertEqual(out['events'][1], {'name': 'instructions', 'value': 15000000, 'deviation': 0, 'values': [15000000] * 3,
                                            'enabled_ns': 5000, 'running_ns': 5000, 'share': 1})
        self.assertEqual(out['machine']['deterministic'], True)
        self.assertEqual(out['machine']['geometry'], 'line=64,plain')

    def test_large_counts_are_exact(self):
        out = self.json('-e', 'cycles', '-r', '2', 'chase', env={'FAKE_COUNT': str(2**63 + 1)})
        self.assertEqual(out['events'][0]['value'], 2**63 + 1)

    def test_streams(self):
        """What programs read is alone on standard output."""
        out, err = self.good('--json', 'chase')
        self.assertEqual(err, 'hello from chase\n')
        out, err = self.good('--json', '-o', 'x.json', 'chase')
        self.assertEqual((out, err), ('hello from chase\n', ''))
        self.assertEqual(json.loads(self.bytes('x.json'))['runs'], 1)
        self.good('-o', 'x.json', 'chase')
        self.assertIn(b'Events of chase:', self.bytes('x.json'))
        self.assertEqual(os.listdir(self.out), ['x.json'])
        self.good('-o', '/dev/null', 'chase')

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(self.good('--csv', '-e', 'cycles:u,instructions:u', '-r', '2', 'chase')[0], newline='')))
        self.assertEqual([list(row.values()) for row in rows],
                         [['event', 'cycles:u', '30000000', '0', '30000000', '30000000', '1', '', '', '', ''],
                          ['event', 'instructions:u', '15000000', '0', '15000000', '15000000', '1', '', '', '', ''],
                          ['ratio', 'IPC', '0.5', '', '', '', '', 'instructions:u / cycles:u', '', '', '']])

    def test_threads(self):
        """Cut anywhere, of two processors; what has no name goes by its task's, what counted nothing is left out."""
        out = self.good('--per-thread', '--json', '-e', 'cycles:u,instructions:u', 'chase', mode='threads')[0]
        self.assertEqual(json.loads(out)['threads'], [
            {'comm': 'chase', 'pid': 4, 'tid': 4, 'values': [1100, 0]}, {'comm': 'chase', 'pid': 4, 'tid': 7, 'values': [0, 5]},
            {'comm': 'a "b"', 'pid': 9, 'tid': 9, 'values': [7, 0]}])
        out = self.good('--per-thread', '--csv', '-e', 'cycles:u,instructions:u', 'chase', mode='threads')[0]
        self.assertIn('thread,cycles:u,7,,,,1,,,,"a ""b""-9"\r\n', out)
        self.assertRegex(self.good('--per-thread', '-e', 'cycles:u,instructions:u', 'chase', mode='threads')[1],
                         r'chase-4 +1,100  cycles:u\n')

    def test_csv_quotes(self):
        event = 'cpu/event=0xc4,umask=0/u'
        out = self.good('--csv', '-e', event, 'chase')[0]
        self.assertEqual(next(csv.DictReader(io.StringIO(out, newline='')))['name'], event)

    def test_repeat(self):
        err = self.good('-r', '3', 'chase')[1]
        self.assertIn('Events of chase, mean of 3 runs:', err)
        self.assertIn('deterministic: 3 runs, no difference', err)
        self.assertNotIn('+-', err)

    def test_spread(self):
        env = {'FAKE_RUNS': os.path.join(self.top, 'runs'), 'FAKE_COUNT': '1000'}
        out = self.json('-e', 'cycles', '-r', '3', 'chase', mode='differs', env=env)
        self.assertEqual((out['same'], out['events'][0]['value'], out['events'][0]['deviation'], out['events'][0]['values']),
                         (False, 1001.0, 1, [1000, 1001, 1002]))
        err = self.good('-e', 'cycles', '-r', '3', 'chase', mode='differs', env=env)[1]
        self.assertIn('mean and deviation of 3 runs', err)
        self.assertIn('1,004  cycles  +- 1 (0.10 %)', err)
        self.assertIn('THE RUNS DIFFER', err)

    def test_multiplexed(self):
        out = self.json('-e', 'cycles,instructions', 'chase', mode='quarter')
        self.assertEqual([(e['value'], e['running_ns'], e['share']) for e in out['events']],
                         [(30000000, 1250, 0.25), (15000000, 1250, 0.25)])
        err = self.good('-e', 'cycles', 'chase', mode='quarter')[1]
        self.assertIn('30,000,000  cycles  (25.00%)', err)
        self.assertIn('(%): more events than counters; estimated from what was counted in this share of the time', err)
        self.assertNotIn('(%)', self.good('-e', 'cycles', 'chase')[1])
        self.refuse(66, "event 'cycles' had to wait for a counter, so there are no exact counts", '--per-function', '-e', 'cycles', 'chase', mode='quarter')

    def test_starved(self):
        out = self.json('-e', 'cycles,instructions', 'chase', mode='starved')
        self.assertEqual([(e['value'], e['values'], e['share']) for e in out['events']], [(None, [None], 0)] * 2)
        self.assertEqual(out['ratios'][0]['value'], None)
        self.assertIn('<not counted>  cycles', self.good('-e', 'cycles', 'chase', mode='starved')[1])
        self.assertIn('event,cycles,,,,,0,,,,\r\n', self.good('--csv', '-e', 'cycles', 'chase', mode='starved')[0])

    def test_failing_workload(self):
        code, out, err = self.record('--json', '-r', '3', 'chase', mode='status')
        self.assertEqual(code, 3)
        self.assertEqual((json.loads(out)['runs'], json.loads(out)['exit']), (1, {'status': 3}))
        self.assertIn('exited with status 3; the counts stand', err)
        code, out, _ = self.record('--json', 'chase', mode='crash')
        self.assertEqual((code, json.loads(out)['exit']), (80, {'exception': 1, 'code': 2, 'subcode': 0x1234}))


def histogram(*lines, events='instructions cycles', end=None):
    """As the emulator writes it."""
    return {'FAKE_COUNT': '1000', 'FAKE_HISTOGRAM': ''.join(
        f'{line}\n' for line in ('vpmu-histogram 1', f'events {events}', *lines, f'end {len(lines) if end is None else end}'))}


# chase_list is 0x400000 to 0x40001f, chase_start the next 32 bytes, kernel_hot at 0xffffffff8100c000.
PLACES = histogram('0 ffffffff8100bfff 0 1', '0 ffffffff8100c000 30 60', '1 400000 400 700', '1 40001f 10 40', '1 400020 30 100',
                   '1 400040 5 50', '1 ff00000000 20 7', '2 400000 5 42')


class PerFunction(Stat):
    def test_text(self):
        err = self.good('--per-function', '-e', 'cycles,instructions', 'chase', env=PLACES)[1]
        self.assertEqual(err.splitlines()[-9:], [
            'By function:', '',
            '          cycles      instructions  function                         object',
            '             740               410  chase_list                       chase',
            '             100                30  chase_start                      chase',
            '              60                30  kernel_hot                       [kernel.kallsyms]',
            '              57                25  [unknown]                        chase',
            '              42                 5  [unknown]                        [task]',
            '               1                 0  [unknown]                        [kernel.kallsyms]'])
        self.assertNotIn('please report', err)

    def test_json(self):
        """Modifiers choose the half; what has no count in any event does not stand there."""
        out = self.json('--per-function', '-e', 'instructions:u,r00c0:k,cpu-cycles:u', 'chase', env=PLACES)
        self.assertEqual(out['functions'][0], {'function': 'chase_list', 'object': 'chase', 'address': '0x400000', 'values': [410, 0, 740]})
        self.assertEqual([(row['function'], row['object'], row['address'], row['values']) for row in out['functions'][1:]],
                         [('chase_start', 'chase', '0x400020', [30, 0, 100]), ('[unknown]', 'chase', None, [25, 0, 57]),
                          ('[unknown]', '[task]', None, [5, 0, 42]), ('kernel_hot', '[kernel.kallsyms]', '0xffffffff8100c000', [0, 30, 0])])
        self.assertNotIn('functions', self.json('chase', env=PLACES))

    def test_sums(self):
        """An event whose functions do not add up to what was counted is named."""
        code, _, err = self.record('--per-function', '-e', 'cycles,instructions', 'chase', env={**PLACES, 'FAKE_COUNT': '1002'})
        self.assertEqual(code, 0)
        self.assertEqual([line for line in err.splitlines() if 'please report' in line],
                         ['perfrec: cycles: 1002 counted, but 1000 by function: please report it',
                          'perfrec: instructions: 501 counted, but 500 by function: please report it'])

    def test_nothing_counted(self):
        """An event that no counter ever counted has no column, and 0 everywhere."""
        out = self.json('--per-function', '-e', 'cycles,branches', 'chase', env=histogram('1 400000 1000', events='cycles'))
        self.assertEqual([row['values'] for row in out['functions']], [[1000, 0]])

    def test_broken(self):
        for env, text in (({}, 'no counts by address: No such file'), ({'FAKE_HISTOGRAM': ''}, "not complete: ''"),
                          ({'FAKE_HISTOGRAM': 'vpmu-histogram 2\n'}, "not complete: 'vpmu-histogram 2'"),
                          ({'FAKE_HISTOGRAM': 'vpmu-histogram 1\nend 0\n'}, "not complete: 'end 0'"),
                          (histogram('1 400000 1 2', end=2), "not complete: 'end 2'"),
                          (histogram('1 400000 1'), "not complete: '1 400000 1'"),
                          (histogram('1 400000 1 2 3'), "not complete: '1 400000 1 2 3'"),
                          (histogram('1 400000 1 x'), "not complete: '1 400000 1 x'"),
                          ({'FAKE_HISTOGRAM': PLACES['FAKE_HISTOGRAM'].rsplit('end', 1)[0]}, "not complete: ''")):
            self.refuse(77, text, '--per-function', '-o', 'x', 'chase', env=env)

    def test_refusals(self):
        for args, text in ((['-a'], 'leave -a away'), (['-r', '2'], 'leave -r away'), (['--csv'], 'give --json with --per-function')):
            self.refuse(64, text, '--per-function', *args, 'chase')
        self.refuse(66, "'r01c2': the emulator does not keep it by function", '--per-function', '-e', 'cycles,r01c2', 'chase')


class Layouts(Stat):
    def setUp(self):
        super().setUp()
        self.env = {'FAKE_RUNS': os.path.join(self.top, 'runs'), 'FAKE_COUNT': '1000'}
        with open(os.path.join(self.top, 'workloads/chase'), 'rb') as file:
            self.put('workloads/other', file.read() + b'other')  # the fake emulator tells them apart by that

    def counted(self, *args, **options):
        """What the runs were, one after another."""
        if os.path.exists(self.env['FAKE_RUNS']):
            os.unlink(self.env['FAKE_RUNS'])
        said = self.good(*args, env=self.env, mode='layouts', **options)
        with open(self.env['FAKE_RUNS'], encoding='ascii') as file:
            return [line.split() for line in file], said

    def test_perturb(self):
        out = self.json('--per-function', '--perturb', '3', '-e', 'cycles', 'chase', env=self.env, mode='layouts')
        self.assertEqual((out['perturbed'], out['events'][0]['value'], out['events'][0]['perturbed']), (3, 1000, [1001, 1002, 1003]))
        self.assertEqual([(row['function'], row['values'], row['perturbed']) for row in out['functions']],
                         [('chase_list', [990], [[991], [992], [993]]), ('chase_start', [10], [[10]] * 3)])

    def test_layouts(self):
        """The usual one is as without; each other differs, and is the same each time."""
        args = ('--json', '--per-function', '--perturb', '3', '-e', 'cycles', 'chase')
        runs, _ = self.counted(*args)
        self.assertEqual(runs[0], ['chase', 'agent+session', '0', 'None', 'None'])
        for row in runs[1:]:
            self.assertEqual(sorted(row[1].split('+')), ['agent', 'padding', 'session'])
            self.assertEqual((int(row[2]) % 4096, int(row[3]) % 16), (0, 0))
        self.assertEqual(len({tuple(row) for row in runs}), 4)
        self.assertEqual(len({row[1] for row in runs}), 4)
        self.assertEqual(self.counted(*args)[0], runs)

    def test_variants(self):
        runs, _ = self.counted('--json', '--per-function', '--perturb', '3', '--variant', 'other', '--variant', 'chase',
                               '-e', 'cycles', 'chase')
        self.assertEqual([row[0] for row in runs], ['chase', 'other', 'chase', 'other'])

    def test_against(self):
        """In turns; what is new stands before the base."""
        runs, (_, err) = self.counted('-r', '3', '--against', 'other', '-e', 'cycles', 'chase')
        self.assertEqual([row[0] for row in runs], ['chase', 'other', 'other', 'chase', 'chase', 'other'])
        self.assertEqual(err.splitlines()[-3:], ['New vs base (chase vs other), 3 runs each in turns:', '',
                                                 '           1,002 vs            1,003    -0.033 %  cycles'])

    def test_against_files(self):
        self.counted('--json', '-o', 'new.json', '--against', 'other', '--against-output', 'base.json', '-e', 'cycles', 'chase', '5')
        new, base = (json.loads(self.bytes(name)) for name in ('new.json', 'base.json'))
        self.assertEqual([(one['command'], one['events'][0]['value']) for one in (new, base)],
                         [(['chase', '5'], 1000), (['other', '5'], 1001)])

    def test_refusals(self):
        for args, text in ((['--perturb', '2'], '--perturb is for --per-function'), (['--variant', 'other'], '--variant is for --perturb'),
                           (['--per-function', '--perturb', '65'], "'65' is not a number from 1 to 64"),
                           (['--against-output', 'x'], '--against-output is for --against'),
                           (['--json', '--against', 'other'], 'two results: give -o FILE'),
                           (['--against', 'other', '--against-output', 'x'], '--against-output is for --json')):
            self.refuse(64, text, *args, 'chase')
        self.refuse(68, "no workload 'nothing'", '--against', 'nothing', 'chase')


class Errors(Stat):
    def test_usage(self):
        for args, text in ((['-r', '0', 'chase'], '-r: .0. is not a number from 1 to 10000'), ([], 'no workload; see perfrec stat --help'),
                           (['--json', '--csv', 'chase'], 'give --json or --csv once'), (['-o', '', 'chase'], 'empty file name'),
                           (['-c', '5', 'chase'], "unknown option '-c'; see perfrec stat"),
                           (['-e', 'cycles/period=5/', 'chase'], "'cycles': perfrec stat takes no samples")):
            self.refuse(64, text, *args)

    def test_refusals(self):
        self.refuse(65, "unknown event 'cycels'; near it: cycles", '-e', 'cycels', 'chase')
        self.refuse(66, "'iTLB-loads' is not supported on this machine", '-e', 'cycles,iTLB-loads', 'chase', mode='unsupported')
        self.refuse(68, "no workload 'nothing'", 'nothing')
        self.refuse(72, 'no such program', 'chase', qemu='nothing')
        self.refuse(74, 'no perf interface', 'chase', mode='no-interface')
        self.refuse(75, 'in trouble: panic', '-o', 'x', 'chase', mode='panic')
        self.refuse(76, 'nothing was heard of it for 1 s', '-o', 'x', '--silence', '1', 'chase', mode='silent')
        self.refuse(77, 'DATA of events that only count', 'chase', mode='data')
        self.refuse(77, 'no STATS', 'chase', mode='no-stats')
        for mode, text in (('thread-nonsense', 'a record of nonsense'), ('thread-short', 'a READ record is too short'),
                           ('thread-nobody', 'a READ record is of no event'), ('thread-cut', 'the last record is cut'),
                           ('thread-lost', 'some were lost: the ring was full'), ('bad-cpu', 'records of no processor')):
            self.refuse(77, 'counts by thread: ' + text, '--per-thread', 'chase', mode=mode)

    def test_output(self):
        self.refuse(73, 'cannot write nowhere/x: No such file', '-o', 'nowhere/x', 'chase')
        self.refuse(73, 'cannot write .: Is a directory', '-o', '.', 'chase')
        self.refuse(73, 'cannot write /dev/full: No space left', '-o', '/dev/full', 'chase')

    def test_older_result_stands(self):
        self.put('out/x', b'older')
        self.refuse(77, 'the agent failed', '-o', 'x', 'chase', mode='agent')
        self.assertEqual(self.bytes('x'), b'older')


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
