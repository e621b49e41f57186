import { once } from 'node:events'
import { createServer } from 'node:net'

/** Opens a port and closes it again. @throws the error of the system where it cannot be opened */
export async function tryPort(port: number, host: string): Promise<void> {
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
