# SPDX-License-Identifier: GPL-2.0-or-later
"""A perf.data of this machine as one of the other byte order would have written it, of 64 or of 32 bits.

Written from perf_event_open(2) and Linux' tools/perf/Documentation/perf.data-file-format.txt alone, and shares nothing with
libperfdata. What is unknown is left out of feature sections and refused among records.
"""

import struct

IP, TID, TIME, ADDR, READ, CALLCHAIN, ID, CPU, PERIOD, STREAM_ID, RAW, BRANCH_STACK, REGS_USER, STACK_USER = (1 << n for n in range(14))
WEIGHT, DATA_SRC, IDENTIFIER, TRANSACTION, REGS_INTR, PHYS_ADDR = (1 << n for n in range(14, 20))
SAMPLE_ID_ALL = 1 << 18
SAMPLE, MMAP2, HEADER_ATTR, HEADER_BUILD_ID, EVENT_UPDATE, HEADER_FEATURE = 9, 10, 64, 67, 78, 80
# Bodies of records: a digit is the size of a number, s is the rest as it is, * repeats what follows to the end.
LAYOUTS = {
    1: "44888s", 2: "88", 3: "44s", 4: "44448", 5: "888", 6: "888", 7: "44448", 8: "44*8", 13: "8", 14: "", 15: "44", 16: "448*88",
    17: "8422s", 18: "2248", 19: "8s", 68: "", 69: "8*8888", 73: "8s", 82: "",
}
DROPPED = (74, 79)  # CPU_MAP, TIME_CONV: perf report does not need them
STRINGS = (3, 4, 5, 6, 8, 9)
BUILD_ID, NRCPUS, TOTAL_MEM, CMDLINE, EVENT_DESC, SAMPLE_TIME = 2, 7, 10, 11, 12, 21
KNOWN = (*STRINGS, BUILD_ID, NRCPUS, TOTAL_MEM, CMDLINE, EVENT_DESC, SAMPLE_TIME)
ATTR = "448888F44888844488424484"  # of struct perf_event_attr; F: the bit-field


def number(data, at, size):
    return int.from_bytes(data[at:at + size], "little")


def turned(data, layout):
    """The numbers of the layout turned, and how many bytes that were."""
    out, at = bytearray(), 0
    for size in map(int, layout):
        out += data[at:at + size][::-1]
        at += size
    return bytes(out), at


def by_layout(data, layout):
    fixed, _, again = layout.partition("*")
    tail = fixed.endswith("s")
    out, at = turned(data, fixed.rstrip("s"))
    if tail:
        return out + data[at:]
    while again and at < len(data):
        part, length = turned(data[at:], again)
        out += part
        at += length
    return out + data[at:]


def reversed_bits(data):
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


class Attr:
    """What of an attribute decides how records look."""

    def __init__(self, data):
        self.sample_type, self.read_format, self.flags = number(data, 24, 8), number(data, 32, 8), number(data, 40, 8)
        self.regs_user, self.regs_intr = number(data, 80, 8), number(data, 96, 8) if len(data) >= 104 else 0

    @staticmethod
    def turn(data):
        out, at = bytearray(), 0
        for letter in ATTR:
            size = 8 if letter == "F" else int(letter)
            part = data[at:at + size]
            out += reversed_bits(part) if letter == "F" else part[::-1]
            at += size
            if at >= len(data):
                break
        return bytes(out) + data[at:]

    def id_fields(self):
        """The layout of the sample_id."""
        fields = [(TID, "44"), (TIME, "8"), (ID, "8"), (STREAM_ID, "8"), (CPU, "44"), (IDENTIFIER, "8")]
        return "".join(layout for bit, layout in fields if self.sample_type & bit)


class Converter:
    def __init__(self, data, bits, features):
        self.data, self.bits, self.features, self.attrs, self.by_id = data, bits, features, [], {}

    def add_attr(self, attr, ids):
        self.attrs.append(Attr(attr))
        for n in ids:
            self.by_id[n] = self.attrs[-1]

    def attr_of(self, kind, body):
        first = self.attrs[0]
        kinds = first.sample_type
        if len(self.attrs) == 1:
            return first
        assert kinds & (IDENTIFIER | ID), "several events whose records do not name theirs"
        if kind == SAMPLE:
            at = 0 if kinds & IDENTIFIER else 8 * sum(bool(kinds & bit) for bit in (IP, TID, TIME, ADDR))
        else:
            at = len(body) - (8 if kinds & IDENTIFIER else 8 + 8 * sum(bool(kinds & bit) for bit in (STREAM_ID, CPU)))
        return self.by_id.get(number(body, at, 8), first)

    def sample(self, body):
        attr = self.attr_of(SAMPLE, body)
        kinds, out, at = attr.sample_type, bytearray(), 0

        def take(layout):
            nonlocal at
            part, length = turned(body[at:], layout)
            start = at
            out.extend(part)
            at += length
            return number(body, start, length) if length <= 8 else 0

        def plain(size):
            nonlocal at
            out.extend(body[at:at + size])
            at += size

        def regs(mask):
            if take("8"):
                take("8" * mask.bit_count())

        for bit, layout in ((IDENTIFIER, "8"), (IP, "8"), (TID, "44"), (TIME, "8"), (ADDR, "8"), (ID, "8"), (STREAM_ID, "8"),
                            (CPU, "44"), (PERIOD, "8")):
            if kinds & bit:
                take(layout)
        assert not kinds & (READ | BRANCH_STACK | WEIGHT | TRANSACTION), "a sample of a kind this script does not know"
        if kinds & CALLCHAIN:
            take("8" * take("8"))
        if kinds & RAW:
            plain(take("4"))
        if kinds & REGS_USER:
            regs(attr.regs_user)
        if kinds & STACK_USER:
            size = take("8")
            if size:
                plain(size)
                take("8")
        take("8" * ((len(body) - at) // 8))
        return bytes(out)

    def build_id(self, entry):
        return turned(entry, "4224")[0] + entry[12:]

    def feature(self, bit, data):
        if bit in STRINGS:
            return turned(data, "4")[0] + data[4:]
        if bit == BUILD_ID:
            out, at = b"", 0
            while at < len(data):
                size = number(data, at + 6, 2)
                out += self.build_id(data[at:at + size])
                at += size
            return out
        if bit == NRCPUS:
            return turned(data, "44")[0]
        if bit in (TOTAL_MEM, SAMPLE_TIME):
            return turned(data, "8" * (len(data) // 8))[0]
        if bit == CMDLINE:
            out, at = turned(data, "4")[0], 4
            for _ in range(number(data, 0, 4)):
                length = number(data, at, 4)
                out += turned(data[at:], "4")[0] + data[at + 4:at + 4 + length]
                at += 4 + length
            return out
        return self.event_desc(data)

    @staticmethod
    def event_desc(data):
        out, (nr, size), at = turned(data, "44")[0], struct.unpack_from("<II", data), 8
        for _ in range(nr):
            ids, length = number(data, at + size, 4), number(data, at + size + 4, 4)
            out += Attr.turn(data[at:at + size]) + turned(data[at + size:], "44")[0]
            at += size + 8
            out += data[at:at + length]
            at += length
            out += turned(data[at:], "8" * ids)[0]
            at += 8 * ids
        return out

    def body(self, kind, misc, body):
        """The body of a record; None: it is left out."""
        if kind == SAMPLE:
            return self.sample(body)
        if kind == HEADER_ATTR:
            size = number(body, 4, 4)
            return Attr.turn(body[:size]) + turned(body[size:], "8" * ((len(body) - size) // 8))[0]
        if kind == HEADER_BUILD_ID:
            return self.build_id(bytes(8) + body)[8:]
        if kind == HEADER_FEATURE:
            bit = number(body, 0, 8)
            return turned(body, "8")[0] + self.feature(bit, body[8:]) if bit in KNOWN and self.features else None
        if kind == EVENT_UPDATE:
            text = number(body, 0, 8) in (0, 2)  # unit and name; not scale and CPUs
            return turned(body, "88")[0] + body[16:] if text else None
        if kind in DROPPED:
            return None
        tail = b""
        if kind < 64:
            attr = self.attr_of(kind, body)
            layout = attr.id_fields()
            if attr.flags & SAMPLE_ID_ALL and layout:
                length = sum(map(int, layout))
                body, tail = body[:-length], turned(body[-length:], layout)[0]
        if kind == MMAP2:
            layout = "44888" + ("" if misc & (1 << 14) else "448844")
            head, at = turned(body, layout)
            if misc & (1 << 14):
                head, at = head + body[at:at + 24] + turned(body[at + 24:], "44")[0], at + 32
            return head + body[at:] + tail
        return by_layout(body, LAYOUTS[kind]) + tail

    def records(self, at, end):
        out = bytearray()
        while at < end:
            kind, misc, size = struct.unpack_from("<IHH", self.data, at)
            body = self.data[at + 8:at + size]
            if kind == HEADER_ATTR:
                length = number(body, 4, 4)
                self.add_attr(body[:length], [number(body, i, 8) for i in range(length, len(body) - 7, 8)])
            body = self.body(kind, misc, body)
            if body is not None:
                out += struct.pack(">IHH", kind, misc, len(body) + 8) + body
            at += size
        return bytes(out)

    def file(self):
        data = self.data
        size, attr_size, attrs_at, attrs_size, data_at, data_size = struct.unpack_from("<6Q", data, 8)
        attrs, ids_at = bytearray(), size
        ids = bytearray()
        for at in range(attrs_at, attrs_at + attrs_size, attr_size):
            attr = data[at:at + attr_size - 16]
            place, length = struct.unpack_from("<QQ", data, at + attr_size - 16)
            numbers = [number(data, place + i, 8) for i in range(0, length, 8)]
            self.add_attr(attr, numbers)
            attrs += Attr.turn(attr) + struct.pack(">QQ", ids_at + len(ids), length)
            ids += struct.pack(f">{len(numbers)}Q", *numbers)
        records = self.records(data_at, data_at + data_size)
        new_attrs_at = ids_at + len(ids)
        new_data_at = new_attrs_at + len(attrs)
        bits = number(data, 72, 32)
        present = [bit for bit in range(256) if bits >> bit & 1]
        sections, table_at = {}, data_at + data_size
        for place, bit in enumerate(present):
            at, length = struct.unpack_from("<QQ", data, table_at + 16 * place)
            if bit in KNOWN:
                sections[bit] = self.feature(bit, data[at:at + length])
        at = new_data_at + len(records) + 16 * len(sections)
        table = bytearray()
        for section in sections.values():
            table += struct.pack(">QQ", at, len(section))
            at += len(section)
        bits = sum(1 << bit for bit in sections)
        width = self.bits
        words = b"".join((bits >> n & (1 << width) - 1).to_bytes(width // 8, "big") for n in range(0, 256, width))
        header = data[:8][::-1] + struct.pack(">8Q", size, attr_size, new_attrs_at, len(attrs), new_data_at, len(records), 0, 0) + words
        assert len(header) == size
        return header + ids + attrs + records + table + b"".join(sections.values())

    def pipe(self):
        return self.data[:8][::-1] + struct.pack(">Q", 16) + self.records(16, len(self.data))


def other_byte_order(data, bits=64, features=True):
    """features: False leaves HEADER_FEATURE out of pipe mode, which perf 6.1 does not read of the other byte order."""
    converter = Converter(data, bits, features)
    return converter.pipe() if number(data, 8, 8) == 16 else converter.file()
