import fc from 'fast-check'

/**
 * fast-check, seeded by Jest: `--seed=N` repeats the properties of a run exactly, and the order of its tests.
 * PROPERTY_FACTOR=20 looks twenty times as far.
 */
const factor = Number(process.env.PROPERTY_FACTOR ?? 1)
fc.configureGlobal({ seed: jest.getSeed(), numRuns: 100 * factor })

/** For properties that need more examples than others. */
export const runs = (count: number): number => count * factor

export default fc
