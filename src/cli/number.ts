import { InvalidArgumentError } from 'commander'

/** Reads an option that is a whole number. */
export function numberUpTo(min: number, max: number) {
  return (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text)
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`)
  }
}
