import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { fileFromCaller } from '../../../config/environment'
import { filesOf, pack } from '../../../plugin/archive'
import { readManifest } from '../../../plugin/manifest'
import { HASH_PREFIX, hashOf } from '../../../plugin/stage'
import { say } from '../../../utils/printer'
import { failed } from '../../outcome'

export async function packFolder(folder: string, { out }: { out?: string }): Promise<void> {
  const path = fileFromCaller(folder)
  const { manifest, problems } = await readManifest(path)
  if (!manifest) throw failed((problems ?? []).join('\n'))
  const { name, version } = manifest.plugin
  const file = fileFromCaller(out ?? `${name}-${version}.zip`)
  await pipeline(await pack(name, path), createWriteStream(file))
  say(`Written: ${file}`)
  say(`Hash: ${HASH_PREFIX}${await hashOf(path, await filesOf(path))}`)
}
