/** The package brings no types. Its fields are public and read by `id-maker.ts`, which writes `mid` and `seq`. */
declare module 'snowflake-id' {
  export default class Snowflake {
    constructor(options: { mid?: number; offset: number })
    /** Node number, 10 bits. */
    mid: number
    /** Sequence number within `lastTime`, 12 bits. */
    seq: number
    /** `Date.now()` of the last id. */
    lastTime: number
    generate(): string
  }
}
