import { writeFile } from 'node:fs/promises'
import { envExample, settingsReference } from '../../config/reference'
import { say } from '../../utils/printer'

export const example = ({ out }: { out?: string }): Promise<void> => give(envExample(), out)

export const reference = ({ out }: { out?: string }): Promise<void> => give(settingsReference(), out)

async function give(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text)
    return
  }
  await writeFile(file, text)
  say(`Written: ${file}`)
}
