import { Stopper } from '../../src/core/stopper'

const first = new Error('first')

describe('a stopper', () => {
  it('aborts its signal, whether that was asked for before or after', () => {
    const [before, after] = [new Stopper(), new Stopper()]
    const { signal } = before
    before.abort(first)
    after.abort(first)

    expect(signal).toMatchObject({ aborted: true, reason: first })
    expect(after.signal).toMatchObject({ aborted: true, reason: first })
    expect(before.signal).toBe(signal)
  })

  it('keeps to its first reason', () => {
    const stopper = new Stopper()
    expect(() => stopper.throwIfAborted()).not.toThrow()

    stopper.abort(first)
    stopper.abort(new Error('second'))

    expect(() => stopper.throwIfAborted()).toThrow(first)
  })

  it.each(['before', 'after'])('tells who listens of an abort %s that', (when) => {
    const stopper = new Stopper()
    const heard = jest.fn()
    if (when === 'before') stopper.abort(first)

    stopper.onAbort(heard)
    stopper.abort(first)

    expect(heard).toHaveBeenCalledTimes(1)
  })
})
