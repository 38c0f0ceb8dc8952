"""archives.py: writes stored.rar (RAR 4) and stored.cab, each with a.log and b.log of the folder at hand, because Debian's main part has no
tool that makes them. Sources: the RAR 4 technote (stored files only), [MS-CAB] 2."""
import struct
import zlib

files = [(name, open(name, "rb").read()) for name in ("a.log", "b.log")]


def rar_block(kind, flags, body, data=b""):
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data


with open("stored.rar", "wb") as out:
    out.write(b"Rar!\x1a\x07\x00" + rar_block(0x73, 0, bytes(6)))
    for name, data in files:
        body = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x58A00000, 20, 0x30, len(name), 0o100644) + name.encode()
        out.write(rar_block(0x74, 0x8000, body, data))
    out.write(rar_block(0x7B, 0x4000, b""))

entries = b""
offset = 0
for name, data in files:
    entries += struct.pack("<IIHHHH", len(data), offset, 0, 0x58A0, 0, 0x20) + name.encode() + b"\0"
    offset += len(data)
data = b"".join(data for _, data in files)
first = 36 + 8
start = first + len(entries)
block = struct.pack("<IHH", 0, len(data), len(data)) + data
with open("stored.cab", "wb") as out:
    size = start + len(block)
    out.write(struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, size, 0, first, 0, 3, 1, 1, len(files), 0, 0, 0))
    out.write(struct.pack("<IHH", start, 1, 0) + entries + block)
