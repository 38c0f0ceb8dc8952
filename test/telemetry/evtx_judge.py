#!/usr/bin/env python3
"""evtx_judge.py JUDGE FILE.evtx OURS.jsonl: does another reader of event logs see the same values?

JUDGE is `python-evtx` (Debian: python3-evtx) or `evtxexport` (Debian: libevtx-utils). Their XML is brought under the keys
that src/telemetry/evtx.h describes; each value must be there once on both sides. What they show differently on purpose
(times without 100 ns, base64 for binary, leading zeros) counts as the same. Exit 0: same, 1: not, 77: the judge is absent.
"""
import base64
import collections
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

SYSTEM = {"Provider.Name": "ProviderName", "Provider.Guid": "ProviderGuid", "Provider.EventSourceName": "EventSourceName",
          "EventID.Qualifiers": "Qualifiers", "TimeCreated.SystemTime": "TimeCreated"}
for _element, _names in {"Correlation": "ActivityID RelatedActivityID", "Security": "UserID",
                         "Execution": "ProcessID ThreadID ProcessorID SessionID KernelTime UserTime ProcessorTime"}.items():
    SYSTEM.update({f"{_element}.{name}": name for name in _names.split()})
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd\ufffe\uffff]")  # in XML, or lost by a judge


def absent(why):
    print(f"the judge is absent: {why}")
    sys.exit(77)


def xml_of_python_evtx(path):
    try:
        import Evtx.Evtx as evtx
    except ImportError as e:
        absent(e)
    with evtx.Evtx(path) as log:
        for record in log.records():
            try:
                yield record.xml()
            except Exception:  # the judge fails on some records
                yield None


def xml_of_evtxexport(path):
    try:
        ran = subprocess.run(["evtxexport", "-f", "xml", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError as e:
        absent(e)
    text = ran.stdout.decode("utf-8", "replace")
    for part in re.split(r"\n\n(?=<Event )", text)[1:]:
        yield part


def local(tag):
    return tag.rsplit("}", 1)[-1]


def texts(element):
    """The element's own text; blanks between elements are none."""
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    return text if len(element) == 0 or text.strip() else ""


def walk(element, key, section, put):
    for name, value in element.attrib.items():
        path = f"{key}.{local(name)}" if key else local(name)
        put(section, SYSTEM.get(path, path) if section == "" else path, value)
    put(section, key or local(element.tag), texts(element))
    for child in element:
        walk(child, f"{key}.{local(child.tag)}" if key else local(child.tag), section, put)


def values_of_xml(text):
    found = collections.defaultdict(list)

    def put(section, key, value):
        if value.strip():
            found[f"{section}/{key}"].append(value)

    root = ElementTree.fromstring(UNSHOWABLE.sub("", text))
    for part in root:
        section = local(part.tag)
        if section == "System":
            for child in part:
                walk(child, local(child.tag), "", put)
        elif section == "UserData" and len(part) > 0:
            put(section, "xml_name", local(part[0].tag))
            walk(part[0], "", section, put)
        elif section == "EventData":
            for name, value in part.attrib.items():
                put(section, name, value)
            for child in part:
                named = local(child.tag) == "Data" and child.attrib.pop("Name", None)
                walk(child, named or local(child.tag), section, put)
        else:
            walk(part, "", section, put)
    return found


def values_of_json(line):
    found = collections.defaultdict(list)
    for key, value in json.loads(line).items():
        if key == "Incomplete":  # no judge says so
            continue
        inner = value.items() if isinstance(value, dict) else [(key, value)]
        section = key if isinstance(value, dict) else ""
        for name, values in inner:
            for one in values if isinstance(values, list) else [values]:
                text = "" if one is None else str(one).lower() if isinstance(one, bool) else UNSHOWABLE.sub("", str(one))
                if text.strip():
                    found[f"{section}/{name}"].append(text)
    return found


def same(ours, theirs):
    if ours == theirs or ours.strip().casefold() == theirs.strip().casefold():
        return True
    if ours.split() == theirs.split():  # line ends: XML knows one
        return True
    if ours.startswith("0x") and re.fullmatch("0[xX][0-9a-fA-F]+|[0-9]+", theirs):
        return int(ours, 16) == int(theirs, 0)
    if re.match(r"\d{4}-\d\d-\d\dT.*Z$", ours):  # judges cut, or show binary fractions
        return ours[:19] == theirs.replace(" ", "T")[:19] and abs(float("0" + ours[19:-1]) - float("0" + theirs[19:].rstrip("Z"))) < 1e-5
    if re.fullmatch(r"(?:[0-9a-f]{2})+", ours):
        try:
            return base64.b64decode(theirs, validate=True).hex() == ours
        except ValueError:
            return False
    if (ours, theirs) in {("true", "1"), ("false", "0")}:
        return True
    try:
        return float(ours) == float(theirs)
    except ValueError:
        return False


def differences(ours, theirs):
    for key in sorted(set(ours) | set(theirs)):
        left, right = ours.get(key, []), theirs.get(key, [])
        if len(right) == 1 and "<string>" in right[0]:  # python-evtx writes an array as one text
            right = [one for one in re.findall("<string>(.*?)</string>", right[0], re.S) if one.strip()]
        if len(left) != len(right) or not all(same(a, b) for a, b in zip(left, right)):
            yield f"{key}: ours {left!r}, theirs {right!r}"


def main():
    judge, path, lines = sys.argv[1:4]
    ours = collections.defaultdict(list)
    with open(lines, encoding="utf-8") as file:
        for line in file:
            ours[str(json.loads(line)["EventRecordID"])].append(line)
    compared = wrong = lost = 0
    theirs = xml_of_python_evtx(path) if judge == "python-evtx" else xml_of_evtxexport(path)
    for text in theirs:
        try:
            values = values_of_xml(text)
        except (ElementTree.ParseError, TypeError):
            lost += 1
            continue
        number = values.get("/EventRecordID", [""])[0]
        if not ours.get(number):
            print(f"event {number}: not among ours")
            wrong += 1
            continue
        compared += 1
        said = list(differences(values_of_json(ours[number].pop(0)), values))
        wrong += bool(said)
        for one in said[:5]:
            print(f"event {number}: {one[:600]}")
    print(f"{judge}: {compared} events compared, {wrong} differ, {lost} the judge could not show")
    return 1 if wrong or compared == 0 else 0


sys.exit(main())
