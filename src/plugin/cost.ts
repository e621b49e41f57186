/** What loading or starting took. */
export interface Cost {
  /** Milliseconds. */
  load_ms: number
  /**
   * Bytes by which the heap has grown meanwhile: an estimate, since what was collected in between, or what something
   * else kept, cannot be told apart. Never below 0.
   */
  memory_bytes: number
}

const inUse = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Begins to measure. @returns what it has come to, together with what was measured before */
export function measure(before: Partial<Cost> = {}): () => Cost {
  const [began, used] = [performance.now(), inUse()]
  return () => ({
    load_ms: (before.load_ms ?? 0) + Math.round(performance.now() - began),
    memory_bytes: (before.memory_bytes ?? 0) + Math.max(0, inUse() - used),
  })
}
