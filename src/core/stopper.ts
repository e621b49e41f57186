/** Tells one run of a task to stop. The signal is made for whoever asks for it: few tasks do, and it is dear. */
export class Stopper {
  #controller: AbortController | undefined
  #reason: Error | undefined
  #hear: (() => void) | undefined

  /** Aborted with the reason once there is one. */
  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    this.#controller = new AbortController()
    if (this.#reason) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  /** Why the task shall stop; nothing as long as it shall not. */
  get reason(): Error | undefined {
    return this.#reason
  }

  /** Only the first reason counts. */
  abort(reason: Error): void {
    if (this.#reason) return
    this.#reason = reason
    this.#controller?.abort(reason)
    this.#hear?.()
  }

  throwIfAborted(): void {
    if (this.#reason) throw this.#reason
  }

  /** Calls whoever asked last, once there is a reason; at once when there is one. */
  onAbort(hear: () => void): void {
    this.#hear = hear
    if (this.#reason) hear()
  }
}
