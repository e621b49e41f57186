interface Node {
  /** By the next segment, taken literally. */
  next: Map<string, Node>
  /** For `:name`, any one segment that is not empty. */
  any?: Node
  /** A pattern ends here. */
  isEnd: boolean
  /** A pattern ends here with `/*`: something has to follow, and be it the empty segment of `/users/`. */
  hasRest: boolean
}

const newNode = (): Node => ({ next: new Map(), isEnd: false, hasRest: false })

/**
 * Paths and path patterns as a tree of segments. It answers as casbin's keyMatch2 does for every pattern that
 * `isPathPattern` accepts, but looks at each segment of a path once, however many patterns there are.
 */
export class PathSet {
  private readonly root = newNode()
  private hasAll = false

  add(pattern: string): void {
    if (pattern === '*') {
      this.hasAll = true
      return
    }
    const segments = pattern.slice(1).split('/')
    const hasRest = segments.at(-1) === '*'
    const end = (hasRest ? segments.slice(0, -1) : segments).reduce(grow, this.root)
    if (hasRest) end.hasRest = true
    else end.isEnd = true
  }

  has(path: string): boolean {
    if (this.hasAll && isOneLine(path)) return true
    return path.startsWith('/') && this.walk(this.root, path.slice(1).split('/'), 0)
  }

  private walk(node: Node, segments: string[], at: number): boolean {
    const segment = segments[at]
    if (segment === undefined) return node.isEnd
    if (node.hasRest && segments.slice(at).every(isOneLine)) return true
    const literal = node.next.get(segment)
    if (literal && this.walk(literal, segments, at + 1)) return true
    return node.any !== undefined && segment !== '' && this.walk(node.any, segments, at + 1)
  }
}

function grow(node: Node, segment: string): Node {
  if (segment.startsWith(':')) return (node.any ??= newNode())
  const child = node.next.get(segment) ?? newNode()
  node.next.set(segment, child)
  return child
}

/** The wildcard of keyMatch2 does not go beyond the end of a line. */
const isOneLine = (text: string) => !/[\n\r\u2028\u2029]/.test(text)
