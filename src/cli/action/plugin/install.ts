import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileFromCaller } from '../../../config/environment'
import { known } from '../../../plugin/service/info'
import { originOf, stage, upgradeTo, whileStaged } from '../../../plugin/service/install'
import { putInPlace } from '../../../plugin/service/place'
import { rollBack } from '../../../plugin/service/roll-back'
import { HASH, stageFolder, stageGit, stageNpm, stageZip, type Staged } from '../../../plugin/stage'
import { say } from '../../../utils/printer'
import { withPlugins } from '../../opened'
import { misused } from '../../outcome'
import { sayJson } from '../../output'
import { asOperation } from '../../recorded'

interface Options {
  json?: boolean
  hash?: string
}

export async function install(source: string, { json, hash }: Options): Promise<void> {
  checkForm(hash)
  await withPlugins(async () => {
    const staged = await stageFrom(source, hash)
    await whileStaged(staged, () => putInPlace(staged))
    await note('plugin install', staged)
    if (json) return sayJson(shown(staged))
    say(
      `Installed ${staged.name} ${staged.manifest.plugin.version}; running processes follow within seconds.`,
    )
  })
}

/** From where it came, unless another source is named. */
export async function upgrade(name: string, source: string | undefined, options: Options): Promise<void> {
  const { json, hash } = options
  checkForm(hash)
  await withPlugins(async () => {
    const before = known(name).manifest?.plugin.version ?? '-'
    const staged = source === undefined ? await stageAgain(name, hash) : await stageFrom(source, hash)
    const backup = await upgradeTo(name, staged)
    await note('plugin upgrade', staged)
    const { version } = staged.manifest.plugin
    if (json) return sayJson({ ...shown(staged), before, backup })
    say(`Upgraded ${name} from ${before} to ${version}; running processes follow within seconds.`)
    say(`The version before is kept: ${backup}`)
  })
}

function checkForm(hash: string | undefined): void {
  if (hash !== undefined && !HASH.test(hash))
    throw misused(`"${hash}" is no hash: sha256- and 64 digits, as steward plugin pack says it.`)
}

/** To the version before the last upgrade. */
export async function rollback(name: string, { json }: Pick<Options, 'json'>): Promise<void> {
  await withPlugins(async () => {
    const done = await rollBack(name)
    await asOperation('plugin rollback', { name, ...done }, () => Promise.resolve())
    if (json) return sayJson({ name, ...done })
    say(
      `Rolled ${name} back from ${done.before} to ${done.version}; running processes follow within seconds.`,
    )
    say(`The version before is kept: ${done.backup}`)
  })
}

async function stageAgain(name: string, hash: string | undefined): Promise<Staged> {
  const origin = await originOf(name)
  if (!origin) throw misused(`${name} did not come from Git or npm: name the folder or the archive to take.`)
  return stage({ ...origin, hash })
}

/** A folder, an archive, the address of a repository, or an npm package. */
function stageFrom(source: string, hash: string | undefined): Promise<Staged> {
  if (/^https?:\/\//i.test(source)) return stageGit(source, hash)
  if (source.startsWith('npm:')) return stageNpm(source.slice('npm:'.length), hash)
  const path = fileFromCaller(source)
  if (!existsSync(path))
    throw misused(`${source} is no folder, no archive and no address; npm packages are npm:NAME.`)
  return statSync(path).isDirectory() ? stageFolder(path, hash) : stageZip(path, basename(path), hash)
}

const shown = ({ name, manifest, source, origin, hash }: Staged) => ({
  name,
  version: manifest.plugin.version,
  ...{ source, origin, hash },
})

/** Beside the change, which is no single transaction. */
const note = (title: string, staged: Staged): Promise<void> =>
  asOperation(title, shown(staged), () => Promise.resolve())
