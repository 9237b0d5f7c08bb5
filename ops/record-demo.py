#!/usr/bin/env python3
"""Records `gatewaymesh demo` in a terminal and draws the last screen as SVG, for the README.

    ops/record-demo.py                   writes docs/demo.svg
    ops/record-demo.py --check           records a short demo, draws it, and fails if the picture is empty, broken, or too large; writes nothing

GATEWAYMESH is the program; default: artifacts/gatewaymesh/gatewaymesh. The demo is real: three hosts, two gateways, an ingress, faults. Its terminal is a pty of 100 columns.
"""
import fcntl, html, os, pty, re, select, signal, struct, sys, tempfile, termios, time
import xml.dom.minidom

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMNS, ROWS = 100, 200
LIMIT = 60_000
PALETTE = {30: "#484f58", 31: "#ff7b72", 32: "#7ee787", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea", 37: "#e6edf3", 90: "#8b949e"}


def record(command, seconds):
    """The output of the command on a terminal."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    written, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                part = b""
            if not part:
                break
            written += part
    else:
        os.kill(pid, signal.SIGINT)
        time.sleep(5)
    _, status = os.waitpid(pid, 0)
    return written.decode("utf-8", "replace"), os.waitstatus_to_exitcode(status)


def screen(text):
    """The lines of the terminal at the end: cells of (character, color, bold)."""
    lines, row, column, color, bold = [[]], 0, 0, None, False
    for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][0-9A-B]?|\x1b\][^\x07]*\x07|.|\n", text, re.DOTALL):
        if token == "\n":
            row += 1
        elif token == "\r":
            column = 0
        elif token == "\t":
            column += 8 - column % 8
        elif token.startswith("\x1b["):
            numbers, kind = [int(n) for n in re.findall(r"\d+", token)], token[-1]
            first = numbers[0] if numbers else 0
            if kind == "m":
                for number in numbers or [0]:
                    color, bold = (None, False) if number == 0 else (color, True) if number == 1 else (None, bold) if number == 39 else (color, False) if number == 22 else (number, bold)
            elif kind == "A":
                row = max(0, row - max(first, 1))
            elif kind == "B":
                row += max(first, 1)
            elif kind == "C":
                column += max(first, 1)
            elif kind == "G":
                column = max(first, 1) - 1
            elif kind == "H":
                row, column = max(first, 1) - 1, (numbers[1] if len(numbers) > 1 else 1) - 1
            elif kind == "K":
                while len(lines) <= row:
                    lines.append([])
                del lines[row][0 if first == 2 else column:]
            elif kind == "J":
                del lines[row + 1 if first == 0 else 0:]
        elif not token.startswith("\x1b") and token.isprintable():
            if column >= COLUMNS:
                row, column = row + 1, 0
            while len(lines) <= row:
                lines.append([])
            line = lines[row]
            line.extend([(" ", None, False)] * (column + 1 - len(line)))
            line[column] = (token, color, bold)
            column += 1
        while len(lines) <= row:
            lines.append([])
    # Values that depend on the recording machine are left out of the picture.
    return [line for line in lines if "files and logs" not in "".join(cell[0] for cell in line)]


def draw(lines, title):
    while lines and not "".join(cell[0] for cell in lines[-1]).strip():
        lines.pop()
    width, height = COLUMNS * 8 + 32, len(lines) * 18 + 60
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">',
             f"<title>{html.escape(title)}</title>", f'<rect width="{width}" height="{height}" rx="8" fill="#0d1117"/>',
             *(f'<circle cx="{20 + 18 * i}" cy="18" r="5" fill="{fill}"/>' for i, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))),
             '<g fill="#e6edf3" xml:space="preserve">']
    for number, line in enumerate(lines):
        start = 0
        while start < len(line):
            end = start
            while end < len(line) and line[end][1:] == line[start][1:]:
                end += 1
            text = "".join(cell[0] for cell in line[start:end]).rstrip() if end == len(line) else "".join(cell[0] for cell in line[start:end])
            if text.strip():
                fill = f' fill="{PALETTE[line[start][1]]}"' if line[start][1] in PALETTE else ""
                weight = ' font-weight="bold"' if line[start][2] else ""
                parts.append(f'<text x="{16 + start * 8}" y="{52 + number * 18}" textLength="{len(text) * 8}"{fill}{weight}>{html.escape(text)}</text>')
            start = end
    return "\n".join([*parts, "</g>", "</svg>", ""])


def main():
    check = "--check" in sys.argv
    program = os.path.realpath(os.environ.get("GATEWAYMESH", os.path.join(ROOT, "artifacts/gatewaymesh/gatewaymesh")))
    if not os.access(program, os.X_OK):
        raise SystemExit(f"record-demo: {program} is missing: ./build.sh publish makes it")
    command = [program, "demo", "--duration", "15s" if check else "45s"]
    if check:
        command += ["--port-base", "26000"]
    text, code = record(command, 180)
    if code != 0:
        raise SystemExit(f"record-demo: the demo ended with exit code {code}\n{text[-2000:]}")
    picture = draw(screen("$ ./build.sh demo\r\n" + text), "gatewaymesh demo")
    xml.dom.minidom.parseString(picture)
    shown = re.sub("<[^>]+>", " ", picture)
    if len(picture.encode()) > LIMIT or not all(word in shown for word in ("host-a", "gateway-1")):
        raise SystemExit(f"record-demo: the picture has {len(picture.encode())} bytes (at most {LIMIT}), or shows no mesh:\n{shown[:2000]}")
    if not check:
        with open(os.path.join(ROOT, "docs", "demo.svg"), "w", encoding="utf-8") as file:
            file.write(picture)
    print(f"{'checked' if check else 'docs/demo.svg'}: {len(picture.encode())} bytes, {picture.count('<text')} texts")


if __name__ == "__main__":
    main()
