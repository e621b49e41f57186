import { randomBytes } from 'node:crypto'
import {
  AppError,
  InvalidInput,
  SNIFF_BYTES,
  badRequest,
  env,
  keepFile,
  now,
  readHead,
  sniff,
  type Call,
  type UploadedFile,
} from '#core'

/** A little more than the largest file, so that one just over the limit is told which limit it broke. */
export const MAX_UPLOAD = Math.max(env.UPLOAD_IMAGE_SIZE_MAX, env.UPLOAD_VIDEO_SIZE_MAX) + 1024 * 1024

/** Keeps a picture or video that is what its name says. @returns its address on this site */
export async function upload(call: Call, sent: UploadedFile[] | undefined): Promise<{ url: string }> {
  const file = sent?.[0]
  if (!file)
    throw new InvalidInput([{ type: 'missing', loc: ['body', 'file'], key: 'validation.file_missing' }])
  const extension = extensionOf(file.name)
  checkSize(extension, file.size)
  if (!(await isWhatItSays(file, extension))) throw badRequest('file.content_mismatch')
  try {
    return { url: await keepFile(file.path, storedName(file.name, extension)) }
  } catch (err) {
    if (err instanceof AppError) throw err
    call.log.error('an uploaded file could not be stored', { err })
    throw badRequest('file.write_failed')
  }
}

function extensionOf(name: string): string {
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  if (extension === '') throw badRequest('file.unknown_type')
  return extension
}

function checkSize(extension: string, size: number): void {
  if (env.UPLOAD_IMAGE_EXT_INCLUDE.includes(extension)) {
    if (size > env.UPLOAD_IMAGE_SIZE_MAX) throw badRequest('file.image_too_large')
  } else if (env.UPLOAD_VIDEO_EXT_INCLUDE.includes(extension)) {
    if (size > env.UPLOAD_VIDEO_SIZE_MAX) throw badRequest('file.video_too_large')
  } else {
    throw badRequest('file.unsupported', { ext: extension.slice(0, 20) })
  }
}

/** Two names for one thing: pictures, and films in the same container. */
const SAME: Record<string, string> = { jpeg: 'jpg', mov: 'mp4' }
const familyOf = (extension: string) => SAME[extension] ?? extension

async function isWhatItSays(file: UploadedFile, extension: string): Promise<boolean> {
  const kind = sniff(await readHead(file.path, SNIFF_BYTES))
  return kind !== null && familyOf(kind) === familyOf(extension)
}

/** Of the sender's name only harmless letters remain; the random part keeps addresses from being guessed. */
function storedName(name: string, extension: string): string {
  const base = name.slice(0, name.lastIndexOf('.')).split(/[/\\]/).at(-1) ?? ''
  const clean = base
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
  const seconds = Math.floor(now().getTime() / 1000)
  return `${clean || 'file'}_${randomBytes(6).toString('hex')}_${seconds}.${extension}`
}
