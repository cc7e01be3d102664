"""Write the lattice: one seamless SVG tile for each number of partners, n = 5 to 12.

Each tile is a rosette of 2n strands in a regular 2n-gon, with a star of n points in its eye.
Two strands leave the middle of every edge, cross their neighbours and stop at a ring; outwards
they run on through the gap to the next rosette, so the tile repeats in both directions.
One path, one stroke, below 2 kB.

    python3 tools/lattice.py [folder]        (default: app/static/img/lattice)
"""

import itertools
import math
import pathlib
import sys

R = 100.0  # the edge middles of the 2n-gon lie on this circle


def at(radius, angle):
    """Give the point at this distance and direction from the middle."""
    return (radius * math.cos(angle), radius * math.sin(angle))


def meet(p, d, q, e):
    """How far along each of the rays p + s*d and q + t*e they meet, or None."""
    det = e[0] * d[1] - d[0] * e[1]
    if abs(det) < 1e-9:
        return None
    dx, dy = q[0] - p[0], q[1] - p[1]
    s = (e[0] * dy - dx * e[1]) / det
    t = (d[0] * dy - d[1] * dx) / det
    return (s, t) if s > 1e-6 and t > 1e-6 else None


def rosette(n):
    """Polylines inside one 2n-gon, and the angle at which strands cross its edges."""
    step = math.pi / (2 * n)  # half the angle between two edge middles
    k = round(2 * n * 0.36)  # how far a strand would run round the ring
    stop = max(2, k - 2)  # the crossing at which it ends
    ring = R * math.cos(k * step) / math.cos((k - stop) * step)
    lines = []
    for i in range(2 * n):
        a = 2 * i * step
        lines.append([at(ring, a - stop * step), at(R, a), at(ring, a + stop * step)])
    star = [at(ring * (0.62 if i % 2 == 0 else 0.4), i * 2 * step - math.pi / 2) for i in range(2 * n)]
    lines.append([*star, star[0]])
    return lines, k * step


def gap(n, angle, height):
    """Polylines in the gap between four rosettes, centred on (R, height)."""
    step = math.pi / (2 * n)
    rays = []
    for i in range(2 * n):
        a = 2 * i * step
        if 1e-6 < a < math.pi / 2 - 1e-6:
            p = at(R, a)
            for b in (a + math.pi / 2 - angle, a - math.pi / 2 + angle):
                for sx in (1, -1):  # the same strand, seen from each of the four rosettes
                    for sy in (1, -1):
                        q = (p[0] if sx > 0 else 2 * R - p[0], p[1] if sy > 0 else 2 * height - p[1])
                        rays.append((q, (math.cos(b) * sx, math.sin(b) * sy)))
    lines = []
    for p, d in rays:  # each strand ends where it first meets another at equal length
        hits = [meet(p, d, q, e) for q, e in rays if math.dist(p, q) > 1e-6]
        hits = [(round(s + t + 4 * abs(s - t), 3), s) for s, t in filter(None, hits)]
        if hits:
            s = min(hits)[1]
            lines.append([p, (p[0] + s * d[0], p[1] + s * d[1])])
    return lines


def tile(n):
    """Give the SVG text of the tile for n partners."""
    # even n: edge middles also point up and down; odd n: corners do, so rows stand further apart
    height = R if n % 2 == 0 else R / math.cos(math.pi / (2 * n))
    lines, angle = rosette(n)
    lines += gap(n, angle, height)
    path = []
    for line in lines:
        for fx in (0, 2 * R):  # fold what lies beyond the tile's edge to the other side
            for fy in (0, 2 * height):
                xy = [(round(x + R - fx), round(y + height - fy)) for x, y in line]
                xs, ys = [x for x, _ in xy], [y for _, y in xy]
                if max(xs) > 0 <= max(ys) and min(xs) < 2 * R and min(ys) < 2 * height and max(ys) > 0:
                    moves = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in itertools.pairwise(xy)]
                    path.append(f"M{xy[0][0]} {xy[0][1]}l" + " ".join(moves))
    d = "".join(dict.fromkeys(path)).replace(" -", "-")
    w, h = round(2 * R), round(2 * height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}">'
        f'<path fill="none" stroke="#000" d="{d}"/></svg>\n'
    )


def main():
    """Write every tile into the folder."""
    folder = (
        pathlib.Path(sys.argv[1])
        if len(sys.argv) > 1
        else pathlib.Path(__file__).parents[1] / "app/static/img/lattice"
    )
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(5, 13):
        text = tile(n)
        if len(text.encode()) >= 2048:
            raise SystemExit(f"n={n}: {len(text.encode())} bytes, 2047 allowed")
        (folder / f"lattice-{n:02d}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
