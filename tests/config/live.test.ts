import { env } from '../../src/config/env'
import { liveEnv, liveSettings, takeSettingsFrom } from '../../src/config/live'
import { integer } from '../../src/config/setting'

let undo = () => {}
afterEach(() => undo())

const from = (texts: Record<string, string>) => {
  undo = takeSettingsFrom(() => Promise.resolve(texts))
}

describe('settings that change while Steward runs', () => {
  it('are those of the environment where nobody says otherwise', async () => {
    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(env.USER_LOCK_THRESHOLD)
  })

  it('are those of the source, each as it would be read from the environment', async () => {
    from({ USER_LOCK_THRESHOLD: '9', USER_PASSWORD_REQUIRE_SPECIAL_CHAR: 'yes' })

    expect(await liveEnv()).toMatchObject({
      USER_LOCK_THRESHOLD: 9,
      USER_PASSWORD_REQUIRE_SPECIAL_CHAR: true,
      USER_LOCK_SECONDS: env.USER_LOCK_SECONDS,
    })
  })

  it('keep their value where the source says what nobody can read', async () => {
    from({ USER_LOCK_THRESHOLD: 'many', USER_PASSWORD_MIN_LENGTH: '-4' })

    expect(await liveEnv()).toMatchObject({
      USER_LOCK_THRESHOLD: env.USER_LOCK_THRESHOLD,
      USER_PASSWORD_MIN_LENGTH: env.USER_PASSWORD_MIN_LENGTH,
    })
  })

  it('change with the source, and back when it is taken away', async () => {
    from({ USER_LOCK_THRESHOLD: '9' })
    await liveEnv()
    undo()
    from({ USER_LOCK_THRESHOLD: '10' })
    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(10)

    undo()

    expect((await liveEnv()).USER_LOCK_THRESHOLD).toBe(env.USER_LOCK_THRESHOLD)
  })

  it('are only those that may change', async () => {
    from({ DATA_DIR: '/elsewhere' })

    expect(await liveEnv()).not.toHaveProperty('DATA_DIR', '/elsewhere')
  })

  it('may be those of a plugin', async () => {
    const declared = { MEMO_MAX: integer({ default: 3, description: 'How many.' }) }
    from({ MEMO_MAX: '5' })

    expect(await liveSettings(declared, { MEMO_MAX: 3 })).toEqual({ MEMO_MAX: 5 })
  })
})
