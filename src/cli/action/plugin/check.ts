import { modules } from '../../../app/modules'
import { fileFromCaller } from '../../../config/environment'
import { checkPlugin } from '../../../plugin/check'
import { say } from '../../../utils/printer'
import { failed } from '../../outcome'
import { sayJson } from '../../output'

export async function check(folder: string, { json }: { json?: boolean }): Promise<void> {
  const findings = await checkPlugin(fileFromCaller(folder), modules)
  const errors = findings.filter(({ kind }) => kind === 'error')
  const score = Math.max(0, 100 - errors.length * 40 - (findings.length - errors.length) * 10)
  if (json) sayJson({ ok: errors.length === 0, score, findings })
  else {
    for (const { kind, words } of findings) say(`${kind.padEnd(6)}  ${words}`)
    say(`Score: ${score} of 100.`)
  }
  if (errors.length > 0) throw failed()
}
