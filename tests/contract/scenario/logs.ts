import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { loginLogCrud, operaLogCrud } from '../../../src/app/admin/crud/logs'
import { env } from '../../../src/config/env'
import { reader } from '../../../src/infra/database'
import { clientOf, signIn, unique } from '#testing'
import { type Scenarios, type Turn } from './turn'

/** One row of the log-in log. */
export const buildLoginLog = () =>
  loginLogCrud.create(reader(), {
    user_uuid: randomUUID(),
    username: unique('user'),
    status: 1,
    ip: '127.0.0.1',
    msg: 'in',
    login_time: new Date(),
  })

/** One row of the operation log. */
export const buildOperaLog = () =>
  operaLogCrud.create(reader(), {
    trace_id: randomUUID().replaceAll('-', ''),
    username: unique('user'),
    method: 'GET',
    title: 'Do something',
    path: '/api/v1/somewhere',
    ip: '127.0.0.1',
    args: { query_params: { a: '1' } },
    status: 1,
    code: '200',
    msg: 'Success',
    cost_time: 1.234,
    opera_time: new Date(),
  })

/** A further session of a user. */
async function sessionOf(user: { id: string; username: string }) {
  const client = await clientOf(user)
  const payload = client.headers['Authorization']?.split('.')[1] ?? ''
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { session_uuid: string }
  return { pk: user.id, session_uuid: claims.session_uuid }
}

/** The smallest PNG there is. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

function upload(name: string, content: Uint8Array<ArrayBuffer> = new Uint8Array(PNG)): Turn {
  const body = new FormData()
  body.append('file', new Blob([content]), name)
  return { body }
}

const MIB = 1024 * 1024

export const fileScenarios: Scenarios = {
  'POST /sys/files/upload': {
    prepare: () => upload('picture.png'),
    errors: {
      'E400-file-unknown': { prepare: () => upload('picture.') },
      'E400-file-ext': { prepare: () => upload('program.exe') },
      'E400-file-image': { prepare: () => upload('picture.png', new Uint8Array(5 * MIB + 1)) },
      'E400-file-video': { prepare: () => upload('film.mp4', new Uint8Array(20 * MIB + 1)) },
      'E400-file-write': {
        prepare: () => {
          // A file stands where the folder should be.
          rmSync(env.UPLOAD_DIR, { recursive: true, force: true })
          writeFileSync(env.UPLOAD_DIR, '')
          return upload('picture.png')
        },
        repair: () => rmSync(env.UPLOAD_DIR),
      },
    },
  },
}

export const logScenarios: Scenarios = {
  'GET /logs/login': { prepare: async () => ({ query: { username: (await buildLoginLog()).username } }) },
  'DELETE /logs/login': { prepare: async () => ({ body: { pks: [(await buildLoginLog()).id] } }) },
  'DELETE /logs/login/all': { prepare: () => ({}) },
  'GET /logs/opera': {
    prepare: async () => ({ query: { username: (await buildOperaLog()).username ?? '' } }),
  },
  'DELETE /logs/opera': { prepare: async () => ({ body: { pks: [(await buildOperaLog()).id] } }) },
  'DELETE /logs/opera/all': { prepare: () => ({}) },
}

export const monitorScenarios: Scenarios = {
  'GET /monitors/redis': { prepare: () => ({}) },
  'GET /monitors/server': { prepare: () => ({}) },
  'GET /monitors/sessions': {
    prepare: async () => {
      await signIn()
      return {}
    },
    level: { is: 'signed_in', because: 'everybody may see and end his own sessions (profile page, devices)' },
  },
  'DELETE /monitors/sessions/{pk}': {
    prepare: async ({ user }) => {
      const { pk, session_uuid } = await sessionOf(user)
      return { path: { pk }, query: { session_uuid } }
    },
    level: { is: 'signed_in', because: 'everybody may see and end his own sessions (profile page, devices)' },
  },
}
