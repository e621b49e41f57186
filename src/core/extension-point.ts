import type { Access } from '../common/types'
import { workingModules } from './working-modules'

/** What everything has that can be put into an extension point. */
export interface Extending {
  /** Unique at its point. */
  readonly name: string
  /** Who may have it, where not everybody may. */
  readonly access?: Access
}

/** Something that a module puts into an extension point; made by `point.filledBy()`, listed in `module({ extensions })`. */
export interface Extension {
  /** What the point is called, in words. */
  readonly point: string
  readonly name: string
  readonly access?: Access | undefined
}

/**
 * A place where the core, or a module, asks for what others bring. Nothing is kept here: what counts are the modules
 * that work at the moment of the question, so that a plugin that is switched off has taken its own back.
 */
export class ExtensionPoint<T extends Extending> {
  readonly #values = new WeakMap<Extension, T>()

  /** @param what it is called in messages, such as `notification channel` */
  constructor(readonly what: string) {}

  filledBy(value: T): Extension {
    const extension = { point: this.what, name: value.name, access: value.access }
    this.#values.set(extension, value)
    return extension
  }

  /** In the order of the modules. */
  all(): T[] {
    const extensions = workingModules().flatMap((one) => one.extensions ?? [])
    return extensions.flatMap((one) => this.#values.get(one) ?? [])
  }

  /** The one of this name, or null where no module that works brings it. */
  named(name: string): T | null {
    return this.all().find((one) => one.name === name) ?? null
  }
}
