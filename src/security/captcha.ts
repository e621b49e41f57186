import { randomInt } from 'node:crypto'
import type SvgCaptcha from 'svg-captcha'
import { Canvas, type Colour, curve, type Point } from '../utils/canvas'
import { encodePng } from '../utils/png'

type Create = typeof SvgCaptcha.create

/** Without those that look alike once twisted (0 O, 1 I l, 2 Z, 5 S, 6 b, 8 B, 9 g q, u v); 23 differ without case. */
const ALPHABET = 'ACDEFHJKLMNPRTUWXYacdefhjkmnprtwxy34679'
const LENGTH = 4
const WIDTH = 120
const HEIGHT = 40
const CELL = WIDTH / LENGTH
const PAPER: Colour = [245, 246, 250]

/**
 * A new captcha: four letters or digits, and a PNG of 120 by 40 that shows them, in base64 without `data:` prefix.
 * A real PNG, because the pages announce `image/png` and browsers draw nothing when an SVG arrives under that name.
 */
export async function newCaptcha(): Promise<{ code: string; image: string }> {
  const code = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
  // Loaded with the first captcha: a worker or a command never draws one.
  const { create } = await import('svg-captcha')
  return { code, image: draw(code, create).toString('base64') }
}

/** Whether the answer is the code, letter case and surrounding blanks aside. */
export function isCaptcha(code: string, answer: string): boolean {
  return code !== '' && code.toLowerCase() === answer.trim().toLowerCase()
}

function draw(code: string, create: Create): Buffer {
  const canvas = new Canvas(WIDTH, HEIGHT, PAPER)
  for (let line = 0; line < 2; line++) canvas.stroke(noiseLine(), 1.2, ink(120))
  const bend = waves()
  ;[...code].forEach((char, at) => {
    const twist = turned(CELL * (at + 0.5), HEIGHT / 2, between(-0.35, 0.35), between(0.9, 1.1))
    canvas.fill(
      outlinesOf(char, create).map((outline) => outline.map(twist).map(bend)),
      ink(0),
    )
  })
  for (let line = 0; line < 2; line++) canvas.stroke(noiseLine(), 1.2, ink(60))
  return encodePng(WIDTH, HEIGHT, canvas.pixels)
}

/** The character around the origin. svg-captcha brings the font, and already shakes the outlines a little. */
function outlinesOf(char: string, create: Create): Point[][] {
  const { data } = create({ size: 1, charPreset: char, width: CELL, height: HEIGHT, fontSize: 44, noise: 0 })
  const path = / d="([^"]+)"/.exec(data)?.[1] ?? ''
  return centred(solid(readPath(path)))
}

/**
 * The font is hollow: a rim, in it the white body, in that the rim of an opening, in that the opening.
 * Without the two middle outlines the letter is solid, which is far easier to read.
 */
function solid(outlines: Point[][]): Point[][] {
  return outlines.filter((outline) => {
    const depth = outlines.filter((other) => other !== outline && isInside(outline, other)).length
    return depth === 0 || depth === 3
  })
}

/** Whether most of one outline lies within the other: shaken, a thin letter may stick out of its own rim. */
const isInside = (outline: Point[], other: Point[]): boolean =>
  outline.filter((point) => isWithin(point, other)).length > outline.length / 2

/** A line to the right of a point within crosses the outline an odd number of times. */
function isWithin([x, y]: Point, outline: Point[]): boolean {
  const crossings = outline.filter(([ax, ay], at) => {
    const [bx, by] = outline[(at + 1) % outline.length] ?? [ax, ay]
    return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)
  })
  return crossings.length % 2 === 1
}

/** Reads the path commands that fonts of this kind use: M, L, Q and Z, absolute. */
function readPath(path: string): Point[][] {
  const outlines: Point[][] = []
  for (const [, command, rest = ''] of path.matchAll(/([MLQZ])([^MLQZ]*)/g)) {
    const [x = 0, y = 0, endX = 0, endY = 0] = (rest.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
    const outline = outlines.at(-1)
    if (command === 'M') outlines.push([[x, y]])
    if (command === 'L') outline?.push([x, y])
    if (command === 'Q') outline?.push(...curve(outline.at(-1) ?? [x, y], [x, y], [endX, endY], 5))
  }
  return outlines
}

function centred(outlines: Point[][]): Point[][] {
  const middle = (axis: 0 | 1) => {
    const values = outlines.flat().map((point) => point[axis])
    return (Math.min(...values) + Math.max(...values)) / 2
  }
  const [x, y] = [middle(0), middle(1)]
  return outlines.map((outline) => outline.map((point): Point => [point[0] - x, point[1] - y]))
}

const turned =
  (x: number, y: number, angle: number, size: number) =>
  ([dx, dy]: Point): Point => [
    x + size * (dx * Math.cos(angle) - dy * Math.sin(angle)),
    y + size * (dx * Math.sin(angle) + dy * Math.cos(angle)),
  ]

/** Bends the whole picture, so that no two drawings of a letter are alike. */
function waves(): (point: Point) => Point {
  const [shiftX, shiftY, longX, longY] = [between(0, 6), between(0, 6), between(9, 14), between(12, 20)]
  return ([x, y]) => [x + 1.5 * Math.sin(y / longX + shiftX), y + 2.5 * Math.sin(x / longY + shiftY)]
}

function noiseLine(): Point[] {
  const height = () => between(4, HEIGHT - 4)
  const from: Point = [between(0, 20), height()]
  return [from, ...curve(from, [between(40, 80), height()], [between(WIDTH - 20, WIDTH), height()], 12)]
}

/** A random colour, dark enough to read. */
const ink = (pale: number): Colour => [
  randomInt(20, 130) + pale,
  randomInt(20, 130) + pale,
  randomInt(20, 130) + pale,
]

const between = (from: number, to: number) => from + (randomInt(1_000_001) / 1_000_000) * (to - from)
