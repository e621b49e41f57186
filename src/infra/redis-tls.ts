import { readFileSync } from 'node:fs'
import { rootCertificates, type ConnectionOptions } from 'node:tls'
import type { RedisTls } from './redis-target'

/**
 * Options of TLS for Redis. Certificates are always verified.
 * @throws Error with a sentence for the operator when a file cannot be read
 */
export function tlsOptions({ ca, cert, key }: RedisTls = {}): ConnectionOptions {
  return {
    // `ca` replaces what Node.js knows; a server with an official certificate must stay reachable.
    ...(ca ? { ca: [...rootCertificates, readPem('REDIS_TLS_CA', ca)] } : {}),
    ...(cert ? { cert: readPem('REDIS_TLS_CERT', cert) } : {}),
    ...(key ? { key: readPem('REDIS_TLS_KEY', key) } : {}),
  }
}

function readPem(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new Error(`${setting} names a file that cannot be read: ${file}`, { cause })
  }
}
