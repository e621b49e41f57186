/** What the servers under measurement tell the measuring process. */
export interface Prepared {
  port: number
  /** File of the SQLite database, for the bare server. */
  storage: string
  token: string
  /** Ids of departments to be read, in turn. */
  depts: string[]
}
