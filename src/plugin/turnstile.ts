/** Counts who is inside of something, so that whoever closes it can wait until all have left. */
export class Turnstile {
  #inside = 0
  #waiting: (() => void)[] = []

  /** @returns how to leave, once */
  enter(): () => void {
    this.#inside += 1
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      this.#inside -= 1
      if (this.#inside === 0) for (const go of this.#waiting.splice(0)) go()
    }
  }

  /** Waits until nobody is inside, but not for ever. */
  async empty(ms: number): Promise<void> {
    if (this.#inside === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
  }
}
