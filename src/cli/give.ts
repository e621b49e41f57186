import { writeFile } from 'node:fs/promises'
import { fileFromCaller } from '../config/environment'
import { say } from '../utils/printer'

/** Prints a text, or writes it into a file where one is named. */
export async function give(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text)
    return
  }
  await writeFile(fileFromCaller(file), text)
  say(`Written: ${file}`)
}
