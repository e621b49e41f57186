/** The package brings no types. Its fields are public and read (never written, except `mid`) by `ids.ts`. */
declare module 'snowflake-id' {
  export default class Snowflake {
    constructor(options: { mid?: number; offset: number })
    /** Node number, 10 bits. */
    mid: number
    /** Sequence number within `lastTime`, 12 bits. */
    readonly seq: number
    /** `Date.now()` of the last id. */
    readonly lastTime: number
    generate(): string
  }
}
