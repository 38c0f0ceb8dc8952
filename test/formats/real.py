"""What the tests of real programs share: a program from Debian runs in a folder of its own on the loopback, writes its log,
and kulla reads that. Every test prints TAP; without the program it says so and counts as skipped. Only what was started here is ended."""
import atexit
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

kulla = os.path.realpath(sys.argv[1])
folder = tempfile.mkdtemp(prefix="kulla-formats.")
os.chmod(folder, 0o777)  # some programs give up root
os.chdir(folder)
started, results = [], []


@atexit.register
def _end():
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)


def need(name):
    """The program's path; ends the test as skipped without it."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        print(f"1..1\nok 1 - {name} # SKIP {name} is not installed")
        sys.exit(0)
    return path


def write(name, text):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return os.path.join(folder, name)


def port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(*arguments, output="output"):
    with open(output, "ab") as out:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    started.append(process)
    return process


def until(ready, what):
    """Tries until it holds; a minute is for slow machines."""
    for _ in range(600):
        try:
            if ready():
                return True
        except OSError:
            pass
        time.sleep(0.1)
    print(f"# {what}: never")
    return False


def stop(process):
    process.terminate()
    process.wait(30)


def ask(number, name, kind=1):
    """One DNS question over UDP; whether anything was answered."""
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0" + struct.pack(">HH", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.settimeout(1)
        wire.sendto(struct.pack(">HHHHHH", 0x4b55, 0x0100, 1, 0, 0, 0) + question, ("127.0.0.1", number))
        return len(wire.recv(4096)) > 12


def send(number, text):
    """Bytes over TCP, and what comes back."""
    with socket.create_connection(("127.0.0.1", number), timeout=10) as wire:
        wire.sendall(text)
        back = b""
        while True:
            more = wire.recv(65536)
            if not more:
                return back
            back += more


def holds(path, *texts):
    with open(path, encoding="utf-8", errors="replace") as file:
        content = file.read()
    return all(text in content for text in texts)


def check(name, good):
    results.append((name, bool(good)))


def detected(path, *options):
    out = subprocess.run([kulla, "formats", "--json", "--detect", path, *options], stdout=subprocess.PIPE, check=False).stdout
    return json.loads(out) if out else {}


def hits(path, *indicators, options=()):
    write("indicators.txt", "\n".join(indicators) + "\n")
    out = subprocess.run([kulla, "scan", "--json", "--quiet", *options, "indicators.txt", "--", path], stdout=subprocess.PIPE, check=False).stdout
    return [row for row in map(json.loads, out.splitlines()) if row["kind"] == "hit"]


def typed(path, value, field, host=None, options=()):
    """Whether the value hits, typed, in that field, in a record with a time (and that machine)."""
    found = [h for h in hits(path, value, options=options) if h["typed"] and h["field"] == field and h["time"] and (host is None or h["host"] == host)]
    if not found:
        for row in hits(path, value, options=options)[:5]:
            print("#", json.dumps(row))
    return bool(found)


def finish(*logs):
    print(f"1..{len(results)}")
    for number, (name, good) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not all(good for _, good in results):
        for log in logs:
            try:
                with open(log, encoding="utf-8", errors="replace") as file:
                    for line in file.read().splitlines()[-40:]:
                        print("#", log, line)
            except OSError as error:
                print("#", error)
        sys.exit(1)
