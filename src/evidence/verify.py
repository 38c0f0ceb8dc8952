#!/usr/bin/env python3
"""Check a package of evidence: verify.py [BAG] --key VKEY [--witness VKEY …] [--quorum N] [--anchors PEM]
Python's standard library and the `openssl` command; nothing of the institution that made the bag, but the key that it told you by another
way. Exit code 0: all of it holds, 1: something does not. VERIFY.txt says what is checked, and how without this script."""
import argparse
import base64
import calendar
import functools
import glob
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

faults, notes = [], []
Wrong = type("Wrong", (Exception,), {"__doc__": "Something does not hold."})

def need(holds, what):
    if not holds:
        raise Wrong(what)

def read(path):
    return pathlib.Path(path).read_bytes()

def sha256_file(path):
    with open(path, "rb") as f:
        h = hashlib.sha256()
        for piece in iter(lambda: f.read(1 << 20), b""):
            h.update(piece)
        return h.hexdigest()

# ---- the bag (RFC 8493): every file is listed, no file is not ----
def manifest(name):
    lines = read(name).decode().split("\n")
    listed = {}
    need(lines.pop() == "", name + ": ends without a newline")
    for line in lines:
        found = re.fullmatch(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f]+)", line)
        need(found and found[2] not in listed and ".." not in found[2].split("/") and found[2][0] != "/", name + ": " + repr(line))
        listed[found[2]] = found[1]
    need(list(listed) == sorted(listed, key=str.encode), name + ": not sorted")
    return listed

def check_files():
    there = set()
    for folder, folders, files in os.walk("."):
        for path in [os.path.join(folder, name) for name in folders + files]:
            need(not os.path.islink(path) and (os.path.isfile(path) or os.path.isdir(path)), path + ": neither a file nor a folder")
        there.update(os.path.join(folder, name)[2:] for name in files)
    tags, payload = manifest("tagmanifest-sha256.txt"), manifest("manifest-sha256.txt")
    listed = {**tags, **payload, "tagmanifest-sha256.txt": None}
    for path in sorted(there ^ set(listed)):
        faults.append(path + (": is not listed" if path in there else ": is missing"))
    for path, digest in listed.items():
        if path in there and digest and sha256_file(path) != digest:
            faults.append(path + ": other bytes than listed")
    need(all(p.startswith("data/") == (p in payload) for p in listed), "manifests: data/ and the rest are mixed up")
    oxum = "Payload-Oxum: %d.%d" % (sum(os.path.getsize(p) for p in payload if p in there), len(payload))
    need(oxum in read("bag-info.txt").decode().split("\n"), "bag-info.txt: found no " + oxum)
    need(read("bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "bagit.txt: not as expected")
    return payload

# ---- keys and signatures (C2SP signed-note, tlog-cosignature) ----
@functools.lru_cache(None)
def parse_key(vkey):
    name, key_id, key = vkey.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    need(key[0] in (1, 4) and len(key) == 33, vkey + ": a key of a kind that is not known here")
    need(hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id, vkey + ": its id is not that of the key")
    return name, bytes.fromhex(key_id), key[0], key[1:]

@functools.lru_cache(None)
def signed(key, message, signature):
    der = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + key)
    with tempfile.TemporaryDirectory() as d:
        for name, data in (("k", b"-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % der), ("m", message), ("s", signature)):
            pathlib.Path(d, name).write_bytes(data)
        command = "openssl pkeyutl -verify -pubin -inkey k -rawin -in m -sigfile s".split()
        return subprocess.run(command, cwd=d, capture_output=True).returncode == 0

def note_signers(note, vkeys):
    """The text's lines, and which of these keys signed; one that is named there and did not is an error."""
    text, lines = note[:note.rindex(b"\n\n") + 1], note[note.rindex(b"\n\n") + 2:].decode().split("\n")
    signers = set()
    for line in lines[:-1]:
        dash, name, signature = line.split(" ")
        need(dash == "—", "a signature line begins with —")
        signature = base64.b64decode(signature, validate=True)
        for vkey in vkeys:
            key_name, key_id, kind, key = parse_key(vkey)
            if (key_name, key_id) == (name, signature[:4]):
                message, rest = text, signature[4:]
                if kind == 4:
                    message, rest = b"cosignature/v1\ntime %d\n" % int.from_bytes(rest[:8], "big") + text, rest[8:]
                need(signed(key, message, rest), "the signature of " + name + " does not hold")
                signers.add(vkey)
    return text.decode().split("\n"), signers

# ---- entries and proofs (RFC 6962 2.1.1, RFC 9162 2.1.3.2, C2SP tlog-proof) ----
def included(entry, index, size, root, hashes):
    node, fn, sn = hashlib.sha256(b"\0" + entry).digest(), index, size - 1
    need(index < size, "the entry is not below the checkpoint's size")
    for h in hashes:
        need(sn != 0, "the proof is too long")
        if fn & 1 or fn == sn:
            node = hashlib.sha256(b"\1" + h + node).digest()
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = hashlib.sha256(b"\1" + node + h).digest()
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and node == root, "the entry does not lead to the checkpoint's root")

def check_proof(proof, entry, logs, witnesses):
    """Index, origin, signers, and the entry that the proof carries beside itself."""
    head, note = proof.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "no tlog-proof")
    extra = base64.b64decode(lines.pop(0)[6:], validate=True) if lines[0].startswith("extra ") else b""
    entry = entry if entry is not None else extra.split(b"\n")[0]
    index = int(re.fullmatch(r"index (\d+)", lines.pop(0))[1])
    text, signers = note_signers(note, tuple(logs) + tuple(witnesses))
    included(entry, index, int(text[1]), base64.b64decode(text[2]), [base64.b64decode(h, validate=True) for h in lines])
    need(not logs or any(parse_key(v)[0] == text[0] for v in signers & set(logs)), "no key of the ledger has signed the checkpoint")
    return index, text[0], signers, entry

def check_entry(path, kind):
    entry = read(path)
    try:
        index, origin, signers, _ = check_proof(read(path[:-5] + ".tlog-proof"), entry, world.logs, world.witnesses)
    except (Wrong, ValueError, TypeError, OSError) as e:
        raise Wrong("%s: %s" % (path, e)) from e
    said = json.loads(entry)
    need(origin == world.origin, path + ": is of the ledger " + origin)
    need(said["kind"] == kind, path + ": found a %s, expected a %s" % (said["kind"], kind))
    world.cosigned = min(world.cosigned, len(signers & set(world.witnesses)))
    world.proofs += 1
    world.named.update(b[7:] for b in said.get("blobs", []))
    return index, said["time"], said["body"]

def check_keys(given):
    """The ledger's keys, each of which was replaced by the next; one of them must be known from outside."""
    paths, message = sorted(glob.glob("metadata/ledger/keys/*.json")), "kulla/key-rotation/v1\n%s\n%s\n%s\n"
    first = json.loads(read(paths[0]))["body"]
    world.origin, world.logs = first["origin"], [first["vkey"]]
    for path in paths[1:]:
        body = json.loads(read(path))["body"]
        need(body["old"] == world.logs[-1], path + ": replaces another key")
        text = (message % (world.origin, body["old"], body["new"])).encode()
        for which in "old", "new":
            need(signed(parse_key(body[which])[3], text, base64.b64decode(body["signature_" + which])), path + ": signature_" + which)
        world.logs.append(body["new"])
        notes.extend(["the key " + body["old"] + " is doubtful since " + body["doubtful_since"]] if "doubtful_since" in body else [])
    notes.extend([] if given else ["NO KEY WAS GIVEN: the ledger's was taken from the bag, whose maker so vouches for himself: --key VKEY"])
    need(not given or set(given) & set(world.logs), "no --key is one of the ledger's: " + " ".join(world.logs))
    for n, path in enumerate(paths):
        need(check_entry(path, "key" if n else "home")[0] == int(os.path.basename(path)[:-5]), path + ": is another entry")

# ---- an item ----
def check_item(folder, payload, arguments):
    short, raw = folder.split("/")[1], read(folder + "manifest.jsonl")
    item, rows = hashlib.sha256(raw).hexdigest(), [json.loads(line) for line in raw.decode().split("\n")[:-1]]
    need(item.startswith(short), folder + "manifest.jsonl: its SHA-256 is not that of the item")
    index, _, body = check_entry(folder + "item.json", "item")
    same = body["manifest"] == "sha256:" + item and all(body[k] == rows[0][k] for k in ("bytes", "files", "form", "marking"))
    need(same, folder + "item.json: is of another item, or says otherwise than the manifest")
    renamed = {}
    if os.path.exists(folder + "names.jsonl"):
        renamed = {n["line"]: n for n in map(json.loads, read(folder + "names.jsonl").decode().split("\n")[:-1])}
    files, last = 0, rows[0]["ended"]
    for line, row in enumerate(rows[1:], 2):
        if row["kind"] == "file":
            other, files = renamed.get(line), files + 1
            path = other["bag"] if other else "data/%s/%s" % (short, row["name"])
            need(not other or all(other.get(k) == row.get(k) for k in ("name", "name_base64")), folder + "names.jsonl: line %d" % line)
            need("sha256:" + payload.pop(path, "") == row["blob"] and os.path.getsize(path) == row["bytes"], path + ": not as in the manifest")
    need(len(rows) == rows[0]["files"] + 1, folder + "manifest.jsonl: lines are missing")
    for path in sorted(glob.glob(folder + "custody/*.json")):
        place, _, body = check_entry(path, "custody")
        need(place == int(os.path.basename(path)[:-5]) and place > index, path + ": is another entry, or out of order")
        need(body["item"] == "sha256:" + item, path + ": is of another item")
        need(not body["done"] or body["at"] >= last, path + ": is before the act before it")
        index, last = place, body["at"] if body["done"] else last
    for path in sorted(glob.glob(folder + "stamps/*.json")):
        _, told, body = check_entry(path, "stamp")
        need(body["item"] == "sha256:" + item, path + ": is of another item")
        if body["state"] == "granted":
            check_stamp(folder, body, item, told, arguments.anchors)
    for path in glob.glob(folder + "parents/*.json"):
        check_entry(path, "item")
    check_blobs(folder, ("sha256:" + item, rows[0].get("from", "")), arguments.key)
    print("item %s: %d files, %d bytes, case %s" % (item, files, rows[0]["bytes"], rows[0]["case"]))

def check_stamp(folder, body, item, told, anchors):
    notes.extend([] if anchors else ["anchors of time stamps were taken from the bag: --anchors PEM"])
    anchors = anchors or folder + "anchors/" + body["anchors"][7:] + ".pem"
    when = str(calendar.timegm(time.strptime(told[:19], "%Y-%m-%dT%H:%M:%S")))
    token = folder + "stamps/" + body["token"][7:] + ".tsr"
    command = ["openssl", "ts", "-verify", "-attime", when, "-digest", item, "-in", token, "-CAfile", anchors]
    done = subprocess.run(command, capture_output=True)
    need(done.returncode == 0, token + ": openssl ts: " + done.stderr.decode(errors="replace").strip()[-200:])
    world.stamps += 1

def check_blobs(folder, items, given):  # other institutions' entries, texts, tokens
    for path in sorted(glob.glob(folder + "before/*") + glob.glob(folder + "proofs/*")):
        foreign = [v for v in given if parse_key(v)[0] == read(path).split(b"\n\n", 1)[1].split(b"\n")[0].decode()]
        entry = json.loads(check_proof(read(path), None, foreign, ())[3])
        need(entry["body"].get({"custody": "item", "item": "manifest"}.get(entry["kind"])) in items, path + ": is of another item")
        world.named.update(b[7:] for b in entry.get("blobs", []))
        world.unknown += not foreign
    for path in [p for g in ("texts/*", "proofs/*", "anchors/*", "stamps/*.tsr") for p in glob.glob(folder + g)]:
        digest = os.path.basename(path).split(".")[0]
        need(digest in world.named and sha256_file(path) == digest, path + ": no entry names it, or it is changed")

class world:
    origin, logs, witnesses, cosigned, proofs, stamps, named, unknown = "", [], [], 1 << 30, 0, 0, set(), 0

def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("bag", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    p.add_argument("--key", action="append", default=[], metavar="VKEY", help="a key of the ledger, as you were told it")
    p.add_argument("--witness", action="append", default=[], metavar="VKEY", help="a witness that must have cosigned")
    p.add_argument("--quorum", type=int, help="how many of the witnesses must have (default: all)")
    p.add_argument("--anchors", type=os.path.abspath, metavar="PEM", help="root certificates of time-stamp authorities")
    arguments = p.parse_args()
    world.witnesses = arguments.witness
    os.chdir(arguments.bag)
    try:
        payload = check_files()
        check_keys(arguments.key)
        for folder in sorted(glob.glob("metadata/*/manifest.jsonl")):
            check_item(folder[:-len("manifest.jsonl")], payload, arguments)
        need(not payload and glob.glob("metadata/*/manifest.jsonl"), "no item, or files of none: " + " ".join(sorted(payload)[:3]))
        quorum = arguments.quorum if arguments.quorum is not None else len(arguments.witness)
        need(world.cosigned >= quorum, "%d of %d witnesses have cosigned, expected %d" % (world.cosigned, len(arguments.witness), quorum))
    except (Wrong, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as e:
        faults.append(str(e) if isinstance(e, Wrong) else "%s: %s" % (type(e).__name__, e))
    notes.extend(["%d entries of other institutions, whose key was not given: --key VKEY" % world.unknown] if world.unknown else [])
    for line in ["note: " + n for n in dict.fromkeys(notes)] + ["DOES NOT HOLD: " + f for f in faults]:
        print(line)
    print("%d entries proven in the ledger %s, %d time stamps" % (world.proofs, world.origin, world.stamps))
    print("the package " + ("does NOT hold" if faults else "holds"))
    return 1 if faults else 0

sys.exit(main())
