import { notesOn } from '../../src/config/env-file'
import { envExample } from '../../src/config/reference'

const notes = (text: string) => notesOn(text, '.env')

describe('notes on the settings file', () => {
  it('are none for a file as it should be', () => {
    const text = [
      '\uFEFF# Steward',
      '',
      'PORT=8000',
      '  export DEMO_MODE = "true" # a remark',
      "DATA_ENCRYPTION_KEYS='[",
      '  "a1:b"',
      "]'",
      'TOKEN_SECRET_KEY_FILE=/run/secrets/key',
      'STEWARD_PORT=8080',
      'FASTAPI_TITLE="not closed',
      'HOST=0.0.0.0',
    ].join('\r\n')

    expect(notes(text)).toEqual([])
  })

  it('are none for the example when its comment signs are removed', () => {
    expect(notes(envExample().replaceAll(/^#(?=[A-Z])/gm, ''))).toEqual([])
  })

  it('tell lines that are none, without what stands in them', () => {
    const found = notes('PORT 8000\nhunter2\n2FA=yes\nHOST=::')

    expect(found.map((note) => note.slice(0, 13))).toEqual([
      '.env, line 1:',
      '.env, line 2:',
      '.env, line 3:',
    ])
    expect(found.join()).not.toContain('hunter2')
  })

  it.each([
    ['PROT', 'PORT'],
    ['DATABASE_PASWORD', 'DATABASE_PASSWORD'],
    ['DATABASE_USERNAME', 'DATABASE_USER'],
    ['redis_host', 'REDIS_HOST'],
    ['TOKEN_SECRET_KEY_FIL', 'TOKEN_SECRET_KEY_FILE'],
  ])('tell that %s is not %s', (name, meant) => {
    expect(notes(`${name}=x`)).toEqual([`.env, line 1: ${name} is no setting. Did you mean ${meant}?`])
  })

  it.each([
    ['SNOWFLAKE_ENABLED', 'the generator always runs'],
    ['CELERY_RABBITMQ_HOST', 'queues always live in Redis'],
  ])("tell why the ancestor's %s has no effect", (name, reason) => {
    expect(notes(`${name}=x`)).toEqual([`.env, line 1: ${name} has no effect here: ${reason}.`])
  })

  it('tell names that nobody knows', () => {
    expect(notes('FAVOURITE_COLOUR=blue')).toEqual([
      '.env, line 1: FAVOURITE_COLOUR is no setting of Steward; it has no effect unless a plugin reads it.',
    ])
  })

  it('tell what stands there twice', () => {
    expect(notes('PORT=1\n\nPORT=2')).toEqual([
      '.env, line 3: PORT stood in line 1 already; this one counts.',
    ])
  })
})
