import { randomUUID } from 'node:crypto'

const UUID = /^[0-9a-f]{32}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** 32 hex digits. Node draws UUIDs from a buffer, so they cost a fraction of fresh random bytes. */
export const newRequestId = (): string => randomUUID().replaceAll('-', '')

/** A client's own request id as 32 hex digits; null when it is no UUID. */
export const readRequestId = (given: string): string | null =>
  UUID.test(given) ? given.replaceAll('-', '').toLowerCase() : null
