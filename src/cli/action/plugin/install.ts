import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileFromCaller } from '../../../config/environment'
import { known } from '../../../plugin/service/info'
import { originOf, stage, upgradeTo, whileStaged } from '../../../plugin/service/install'
import { putInPlace } from '../../../plugin/service/place'
import { stageFolder, stageGit, stageNpm, stageZip, type Staged } from '../../../plugin/stage'
import { say } from '../../../utils/printer'
import { withPlugins } from '../../opened'
import { misused } from '../../outcome'
import { sayJson } from '../../output'
import { asOperation } from '../../recorded'

interface Options {
  json?: boolean
}

export async function install(source: string, { json }: Options): Promise<void> {
  await withPlugins(async () => {
    const staged = await stageFrom(source)
    await whileStaged(staged, () => putInPlace(staged))
    await note('plugin install', staged)
    if (json) return sayJson(shown(staged))
    say(
      `Installed ${staged.name} ${staged.manifest.plugin.version}; running processes follow within seconds.`,
    )
  })
}

/** From where it came, unless another source is named. */
export async function upgrade(name: string, source: string | undefined, { json }: Options): Promise<void> {
  await withPlugins(async () => {
    const before = known(name).manifest?.plugin.version ?? '-'
    const staged = source === undefined ? await stageAgain(name) : await stageFrom(source)
    const backup = await upgradeTo(name, staged)
    await note('plugin upgrade', staged)
    const { version } = staged.manifest.plugin
    if (json) return sayJson({ ...shown(staged), before, backup })
    say(`Upgraded ${name} from ${before} to ${version}; running processes follow within seconds.`)
    say(`The version before is kept: ${backup}`)
  })
}

async function stageAgain(name: string): Promise<Staged> {
  const origin = await originOf(name)
  if (!origin) throw misused(`${name} did not come from Git or npm: name the folder or the archive to take.`)
  return stage(origin)
}

/** A folder, an archive, the address of a repository, or an npm package. */
function stageFrom(source: string): Promise<Staged> {
  if (/^https?:\/\//i.test(source)) return stageGit(source)
  if (source.startsWith('npm:')) return stageNpm(source.slice('npm:'.length))
  const path = fileFromCaller(source)
  if (!existsSync(path))
    throw misused(`${source} is no folder, no archive and no address; npm packages are npm:NAME.`)
  return statSync(path).isDirectory() ? stageFolder(path) : stageZip(path, basename(path))
}

const shown = ({ name, manifest, source, origin, hash }: Staged) => ({
  name,
  version: manifest.plugin.version,
  ...{ source, origin, hash },
})

/** Beside the change, which is no single transaction. */
const note = (title: string, staged: Staged): Promise<void> =>
  asOperation(title, shown(staged), () => Promise.resolve())
