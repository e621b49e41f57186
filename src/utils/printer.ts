/** What a person at the terminal reads, apart from the log: start, stop, results of commands. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** The same on standard error: why something could not be done. */
export const complain = (text: string): void => void process.stderr.write(`${text}\n`)
