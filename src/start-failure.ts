interface Fault {
  name: string
  message: string
  stack?: string
  code?: string
  address?: string
  port?: number
  path?: string
}

type Advice = (fault: Fault) => string

const notAFolder: Advice = ({ path }) =>
  `${path} cannot be a folder, because a file is in its place. Set DATA_DIR to another folder.`

/** What to do about the failures that people meet, by the code of the system call. */
const BY_CODE: Record<string, Advice> = {
  EADDRINUSE: ({ address, port }) =>
    `Port ${port} on ${address} is used by another program. Stop that one, or choose another port, for example: PORT=${Number(port) + 1}`,
  EADDRNOTAVAIL: ({ address }) =>
    `${address} is not an address of this machine. Set HOST to 127.0.0.1 (this machine only) or 0.0.0.0 (every interface).`,
  ENOTFOUND: ({ message }) =>
    `A host name is not known (${message}). Check HOST, DATABASE_HOST and REDIS_HOST.`,
  ENOSPC: () => 'The disk is full. Make room in DATA_DIR and start again.',
  ENOTDIR: notAFolder,
  EEXIST: notAFolder,
  EROFS: ({ path }) => `${path} is on a disk that cannot be written. Set DATA_DIR to a folder that can.`,
}

/** Errors whose message is a sentence of ours. */
const PLAIN = new Set(['Error', 'Ended'])

const DENIED = new Set(['EACCES', 'EPERM'])

/** One sentence for the person at the terminal, with what to do; a stack only where the fault must be our own. */
export function explainFailure(error: unknown): string {
  if (isFault(error) && error.name === 'SettingsError') return error.message
  return `Steward could not start. ${reasonOf(error)}`
}

/** The same without saying what could not be done. */
export function reasonOf(error: unknown): string {
  if (!isFault(error)) return String(error)
  return error.name === 'SettingsError' ? error.message : sentence(error)
}

function sentence(fault: Fault): string {
  if (fault.code && DENIED.has(fault.code)) return denied(fault)
  const advice = BY_CODE[fault.code ?? '']
  if (advice) return advice(fault)
  if (fault.name.startsWith('Sequelize')) return databaseSentence(fault)
  // Our own sentences are plain errors; everything else is a fault in the program, whose place is worth knowing.
  return PLAIN.has(fault.name) ? fault.message : (fault.stack ?? fault.message)
}

const denied = ({ port, path, message }: Fault): string =>
  port === undefined
    ? `${path ?? message} may not be used by this user. Change its owner, or set DATA_DIR to another folder.`
    : `Port ${port} may not be opened by this user: ports below 1024 need rights. Choose another, for example: PORT=8000`

const databaseSentence = ({ message }: Fault): string =>
  `The database cannot be used: ${message}. Check DATABASE_TYPE, DATABASE_HOST, DATABASE_PORT, DATABASE_USER, DATABASE_PASSWORD and DATABASE_SCHEMA, and that the server is running.`

const isFault = (error: unknown): error is Fault => error instanceof Error
