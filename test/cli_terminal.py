"""cli_terminal.py PROGRAM: runs it on terminals of its own and looks at what stands there. A line `ok NAME` or `NAME: found` each."""
import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata

program = sys.argv[1]


def told(name, good, found):
    print(f"ok {name}" if good else f"{name}: {found!r}")


def on_terminal(arguments, columns, interrupt=None, stdin=None, **environment):
    """-> exit code and all that was written; `interrupt`: what has to stand there before Ctrl-C is typed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR")}
    child = subprocess.Popen([program, *arguments], stdin=theirs if stdin is None else stdin, stdout=theirs, stderr=theirs, env={**kept, **environment},
                             start_new_session=True, preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0))
    os.close(theirs)
    text, typed = b"", False
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
        if interrupt is not None and not typed and interrupt in text:
            os.write(ours, b"\x03")
            typed = True
    os.close(ours)
    return child.wait(), text.decode().replace("\r\n", "\n")


def columns_of(line):
    line = re.sub(r"\x1b\[[0-9;]*[mK]", "", line)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


long = "http://evil.example/" + "x" * 300 + "/the-end"
pathlib.Path("wide.txt").write_text("財務省.example\nevil.example\n" + long + "\n")
pathlib.Path("wide/財務省の長い名前のフォルダー").mkdir(parents=True)
pathlib.Path("wide/財務省の長い名前のフォルダー/とても長い名前の記録ファイル財務省財務省.log").write_text(
    f"2022-01-01T00:00:00Z 財務省.example\nevil.example 財務省財務省財務省財務省財務省財務省財務省財務省財務省財務省財務省財務省\nGET {long}\n")
scan = ["scan", "wide.txt", "--", "wide"]
for columns in (80, 200):
    code, text = on_terminal(scan, columns, LANG="C.UTF-8")
    found = max(columns_of(line) for line in text.splitlines())
    told(f"nothing is wider than {columns} columns", code == 0 and found <= columns, f"{found}\n{text}")
told("a long value keeps both ends", re.search(r"^\x1b\[1mhttp://evil\.example/x+…x+/the-end\x1b\[0m", text, re.M), text)
code, text = on_terminal(scan, 80, LANG="C", NO_COLOR="1")
told("a terminal that shows no UTF-8 gets ASCII", text.isascii() and "\\u{8ca1}\\u{52d9}" in text, text)
told("NO_COLOR leaves colour out", "\x1b[1m" not in text and "\x1b[1;31m" not in text, text)
code, text = on_terminal(["scan", "--brief", *scan[1:]], 80, LANG="C.UTF-8", NO_COLOR="1")
lines = text.splitlines()
folded = all(columns_of(line) <= 80 for line in lines) and all(re.match(r"([A-Z][a-z ]+)? +", line) for line in lines)
told("the brief is folded under its labels", folded and len(lines) > 10, text)
told("and begins with the answer", lines[0].startswith("Answer       HIT: 3 of 3 indicators were met"), lines[0])

# A log that never ends is scanned until Ctrl-C; its writer ends when nobody reads any more.
writer = subprocess.Popen([sys.executable, "-c", r"""
import signal, sys, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
while True:
    sys.stdout.buffer.write(b"2022-01-01T00:00:00Z evil.example\n" * 100)
    sys.stdout.buffer.flush()
    time.sleep(0.05)
"""], stdout=subprocess.PIPE)
code, text = on_terminal(["scan", "--color", "never", "wide.txt", "--", "-"], 80, interrupt=b" hits", stdin=writer.stdout, LANG="C.UTF-8")
writer.stdout.close()
writer.wait()
screen = re.sub(r"[^\n]*\r\x1b\[K", "", text)
told("Ctrl-C is exit 2", code == 2, (code, text[-500:]))
told("and leaves a summary on a clean screen", "kulla: stopped; " in screen and "Not everything was read: stopped by the user." in screen
     and "^C" not in screen.split("kulla: stopped")[1] and not re.search(r"MB/s *\d+ hits", screen), screen[-1500:])
