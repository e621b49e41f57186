/** Words of texts of any language, written with `a-z0-9` only, so that every database orders and compares them alike. */

const TOKEN = /[\p{L}\p{N}\p{M}]+/gu
/** Languages that are written without spaces: looked for by pairs of characters. */
const RUN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+/gu
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u
const LONGEST = 64

/** The words of a text as they are kept: `ConnectTimeout` is found as a whole and by `timeout`. */
export function wordsOf(text: string): Set<string> {
  const found = new Set<string>()
  for (const [token] of text.normalize('NFKC').matchAll(TOKEN)) {
    const parts = token.split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u)
    for (const part of [token, ...parts]) for (const word of inRuns(part, kept)) found.add(word)
  }
  return found
}

/** The words that somebody looks for: whatever is found has, for each, a word that begins with it. */
export function wantedWords(text: string): string[] {
  const tokens = [...text.normalize('NFKC').matchAll(TOKEN)].map(([token]) => token)
  return [...new Set(tokens.flatMap((token) => inRuns(token, wanted)))]
}

function inRuns(token: string, pairs: (characters: string[]) => string[]): string[] {
  const runs = token.toLowerCase().match(RUN) ?? []
  return runs.flatMap((run) => (UNSPACED.test(run) ? pairs([...run]).map(plain) : [plain(run)]))
}

/** All pairs, and the last character, so that one that is looked for alone is found at the end too. */
const kept = (characters: string[]) => characters.map((one, at) => one + (characters[at + 1] ?? ''))
const wanted = (characters: string[]) => (characters.length < 2 ? characters : kept(characters).slice(0, -1))

/** Other letters by their number. */
const plain = (word: string): string =>
  [...word]
    .map((char) => (/[a-z0-9]/.test(char) ? char : `u${(char.codePointAt(0) ?? 0).toString(16)}`))
    .join('')
    .slice(0, LONGEST)
