/**
 * Like `Promise.all`, but also waits for the others when one fails: whatever follows, such as the end of the transaction
 * in which all of them work, finds none under way.
 * @throws what the first of them in the list that failed threw
 */
export async function allOf<T extends readonly unknown[] | []>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work)
  return Promise.all(work)
}
