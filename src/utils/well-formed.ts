/**
 * Replaces halves of characters, as a cut in the middle of one leaves them, by U+FFFD: no database keeps them in a text,
 * and MySQL refuses JSON that holds one.
 */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD')
