import { createHash, timingSafeEqual } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import Wreck from '@hapi/wreck'
import { z } from 'zod'
import { env } from '../../config/env'
import { AppError, badRequest, notFound } from '../../common/errors'
import { mayBeAsked, onlyOnInternet } from '../../infra/internet-lookup'

/** Name, and a version or a tag such as `latest`. */
const PACKAGE = /^((?:@[a-z0-9][\w.~-]*\/)?[a-z0-9][\w.~-]*)(?:@([\w.+-]+))?$/i
const MOST_BYTES = 20 * 1024 * 1024
const PATIENCE_MS = 60_000

export interface NpmPackage {
  name: string
  wanted: string
}

/** Reads `name`, `name@1.2.3`, `@scope/name@tag`. @throws 400 `plugin.npm_name` */
export function packageNamed(text: string): NpmPackage {
  const [, name, wanted = 'latest'] = PACKAGE.exec(text) ?? []
  if (name === undefined) throw badRequest('plugin.npm_name')
  return { name, wanted }
}

const Packument = z.object({
  'dist-tags': z.record(z.string(), z.string()).optional(),
  versions: z.record(z.string(), z.unknown()),
})
const Version = z.object({ dist: z.object({ tarball: z.url(), integrity: z.string() }) })

/**
 * Fetches the archive of a package from PLUGIN_NPM_REGISTRY into a file. Nothing that the package brings is run.
 * @returns the package with its exact version
 * @throws 400 `plugin.npm_address`, `plugin.npm_integrity`, 404 `plugin.npm_missing`, 500 `plugin.install_failed`
 */
export async function fetchPackage({ name, wanted }: NpmPackage, file: string): Promise<string> {
  const { version, dist } = await find(name, wanted)
  const archive = await get(dist.tarball)
  if (!isIntact(archive, dist.integrity)) throw badRequest('plugin.npm_integrity')
  await writeFile(file, archive)
  return `${name}@${version}`
}

async function find(name: string, wanted: string) {
  const address = `${env.PLUGIN_NPM_REGISTRY.replace(/\/$/, '')}/${name.replace('/', '%2f')}`
  const missing = () => notFound('plugin.npm_missing', { name: `${name}@${wanted}` })
  const answer = await get(address, 'application/vnd.npm.install-v1+json, application/json;q=0.8', missing)
  const { versions, 'dist-tags': tags = {} } = read(Packument, JSON.parse.bind(null, answer.toString()))
  const version = Object.hasOwn(tags, wanted) ? (tags[wanted] ?? '') : wanted
  if (!Object.hasOwn(versions, version)) throw missing()
  return { version, ...read(Version, () => versions[version]) }
}

/** What a registry says that is none is a failure of its, not of the caller. */
function read<T>(shape: z.ZodType<T>, value: () => unknown): T {
  try {
    return shape.parse(value())
  } catch (cause) {
    throw failed(cause)
  }
}

async function get(
  address: string,
  accept = '*/*',
  missing: (cause: unknown) => AppError = failed,
): Promise<Buffer> {
  const limits = { timeout: PATIENCE_MS, maxBytes: MOST_BYTES, redirects: false as const }
  const options = { ...limits, ...guardFor(address), headers: { accept, 'user-agent': 'Steward' } }
  const { res, payload } = await Wreck.get<Buffer>(address, options).catch((cause: unknown) => {
    throw statusOf(cause) === 404 ? missing(cause) : failed(cause)
  })
  if (res.statusCode !== 200) throw failed(new Error(`${address} answered ${res.statusCode}`))
  return payload
}

/** The registry was chosen by the operator, wherever it stands; where its archives lie, it says itself. */
function guardFor(address: string) {
  const { origin, protocol, hostname } = new URL(address)
  if (origin === new URL(env.PLUGIN_NPM_REGISTRY).origin) return {}
  if (!/^https?:$/.test(protocol) || !mayBeAsked(hostname)) throw badRequest('plugin.npm_address')
  return { lookup: onlyOnInternet }
}

const ErrorOfWreck = z.object({ output: z.object({ statusCode: z.number() }) })
const statusOf = (cause: unknown): number => ErrorOfWreck.safeParse(cause).data?.output.statusCode ?? 0

/** SHA-512 alone counts: what else may stand there can be forged. */
function isIntact(archive: Buffer, integrity: string): boolean {
  const wanted = integrity.split(/\s+/).flatMap((one) => /^sha512-([\w+/]+=*)(?:\?|$)/.exec(one)?.[1] ?? [])
  const actual = createHash('sha512').update(archive).digest()
  return wanted.some((text) => {
    const expected = Buffer.from(text, 'base64')
    return expected.length === actual.length && timingSafeEqual(expected, actual)
  })
}

/** @param cause goes into the log; what it carries beside its words does not */
function failed(cause: unknown): AppError {
  const words = new Error(cause instanceof Error ? cause.message : String(cause))
  return new AppError('plugin.install_failed', { status: 500, cause: words })
}
