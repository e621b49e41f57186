interface Node {
  id: string
  parent_id: string | null
}

/** A row with the rows below it; without any, the key is absent. */
export type Tree<T> = T & { children?: Tree<T>[] }

/**
 * Puts rows below their parents, in the order in which they come. A row whose parent is not among them becomes a
 * root. So do one row of every circle and what lies deeper than a hundred levels: broken data must neither hang nor
 * hide what it holds.
 */
export function toTree<T extends Node>(rows: readonly T[]): Tree<T>[] {
  const parents = new Map(rows.map((row) => [row.id, row.parent_id]))
  const nodes = new Map<string, Tree<T>>(rows.map((row) => [row.id, { ...row }]))
  const cut = circleStarts(rows, parents)
  const roots: Tree<T>[] = []
  for (const node of nodes.values()) {
    const parent = node.parent_id === null || cut.has(node.id) ? undefined : nodes.get(node.parent_id)
    if (parent) (parent.children ??= []).push(node)
    else roots.push(node)
  }
  return cutDeep(roots)
}

/** Answers are checked and written by functions that call themselves; their stack ends after some 500 levels. */
const MAX_DEPTH = 100

/** Makes roots of what lies deeper, level by level. */
function cutDeep<T>(roots: Tree<T>[]): Tree<T>[] {
  let level = roots
  for (let depth = 1; level.length > 0; depth += 1) {
    const next = level.flatMap((node) => node.children ?? [])
    if (depth % MAX_DEPTH === 0) {
      for (const node of level) delete node.children
      roots = [...roots, ...next]
    }
    level = next
  }
  return roots
}

/** One row of every circle of parents. Each row is visited once. */
function circleStarts(rows: readonly Node[], parents: ReadonlyMap<string, string | null>): Set<string> {
  const starts = new Set<string>()
  const walkOf = new Map<string, string>()
  for (const { id } of rows) {
    let at: string | null = id
    while (at !== null && parents.has(at) && !walkOf.has(at)) {
      walkOf.set(at, id)
      at = parents.get(at) ?? null
    }
    // Coming back to a row of the same walk closes a circle.
    if (at !== null && walkOf.get(at) === id) starts.add(at)
  }
  return starts
}

/** Whether `id` is `root` or lies somewhere below it; ends on circles too. */
export function isBelow(rows: readonly Node[], id: string, root: string): boolean {
  const parents = new Map(rows.map((row) => [row.id, row.parent_id]))
  const seen = new Set<string>()
  for (let at: string | null = id; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
    if (at === root) return true
    seen.add(at)
  }
  return false
}
