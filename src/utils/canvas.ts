export type Point = readonly [x: number, y: number]
export type Colour = readonly [red: number, green: number, blue: number]

/** Sub-lines per pixel and direction: enough for smooth edges. */
const FINE = 4

/** A small picture on which closed outlines are filled, with smooth edges. */
export class Canvas {
  readonly pixels: Uint8Array

  constructor(
    readonly width: number,
    readonly height: number,
    background: Colour,
  ) {
    this.pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => background[at % 3] ?? 0)
  }

  /** Fills what the outlines go round; one inside another, drawn the other way round, is a hole. */
  fill(outlines: Point[][], colour: Colour): void {
    const edges = outlines.flatMap(edgesOf)
    const top = Math.max(0, Math.floor(Math.min(...edges.map((edge) => edge.top))))
    const bottom = Math.min(this.height, Math.ceil(Math.max(...edges.map((edge) => edge.bottom))))
    for (let row = top; row < bottom; row++) this.fillRow(edges, row, colour)
  }

  /** Draws a line of some width through the points. */
  stroke(points: Point[], width: number, colour: Colour): void {
    this.fill(
      points.slice(1).map((point, at) => bar(points[at] ?? point, point, width)),
      colour,
    )
  }

  private fillRow(edges: Edge[], row: number, colour: Colour): void {
    const cover = new Uint8Array(this.width)
    for (let line = 0; line < FINE; line++) this.scan(edges, row + (line + 0.5) / FINE, cover)
    cover.forEach((part, x) => this.blend(row * this.width + x, colour, part / FINE ** 2))
  }

  /** Adds up, along one sub-line, the spans in which the outlines wind around. */
  private scan(edges: Edge[], y: number, cover: Uint8Array): void {
    const crossings = edges
      .filter((edge) => edge.top <= y && y < edge.bottom)
      .map((edge) => ({ x: edge.x + (y - edge.top) * edge.slope, turn: edge.turn }))
      .sort((a, b) => a.x - b.x)
    let winding = 0
    crossings.forEach(({ x, turn }, at) => {
      winding += turn
      if (winding !== 0) this.span(x, crossings[at + 1]?.x ?? x, cover)
    })
  }

  private span(from: number, to: number, cover: Uint8Array): void {
    const first = Math.max(0, Math.round(from * FINE))
    const last = Math.min(this.width * FINE, Math.round(to * FINE))
    for (let x = first; x < last; x++) {
      const at = Math.floor(x / FINE)
      cover[at] = (cover[at] ?? 0) + 1
    }
  }

  private blend(at: number, colour: Colour, part: number): void {
    if (part === 0) return
    colour.forEach((value, channel) => {
      const index = at * 3 + channel
      this.pixels[index] = Math.round((this.pixels[index] ?? 0) * (1 - part) + value * part)
    })
  }
}

interface Edge {
  top: number
  bottom: number
  /** Where it is at its top, and how far it moves per line. */
  x: number
  slope: number
  turn: 1 | -1
}

function edgesOf(outline: Point[]): Edge[] {
  return outline.flatMap(([x, y], at): Edge[] => {
    const [nextX, nextY] = outline[(at + 1) % outline.length] ?? [x, y]
    if (y === nextY) return []
    const slope = (nextX - x) / (nextY - y)
    return y < nextY
      ? [{ top: y, bottom: nextY, x, slope, turn: 1 }]
      : [{ top: nextY, bottom: y, x: nextX, slope, turn: -1 }]
  })
}

/** A line from one point to another, as the outline of its width. */
function bar([x, y]: Point, [toX, toY]: Point, width: number): Point[] {
  const length = Math.hypot(toX - x, toY - y) || 1
  const [dx, dy] = [((toY - y) / length) * (width / 2), ((x - toX) / length) * (width / 2)]
  return [
    [x + dx, y + dy],
    [toX + dx, toY + dy],
    [toX - dx, toY - dy],
    [x - dx, y - dy],
  ]
}

/** Points along a curve with one control point, without its start. */
export function curve(from: Point, control: Point, to: Point, steps: number): Point[] {
  const along = (axis: 0 | 1, t: number) =>
    (1 - t) ** 2 * from[axis] + 2 * t * (1 - t) * control[axis] + t ** 2 * to[axis]
  return Array.from({ length: steps }, (_, at) => (at + 1) / steps).map((t) => [along(0, t), along(1, t)])
}
