import { wantedWords, wordsOf } from '../../src/utils/words'

const finds = (wanted: string, text: string) =>
  wantedWords(wanted).every((word) => [...wordsOf(text)].some((kept) => kept.startsWith(word)))

describe('words', () => {
  it.each([
    ['order-8812', 'the order-8812 of yesterday'],
    ['8812', 'order-8812'],
    ['TIMEOUT', 'ConnectTimeoutError: no answer'],
    ['connecttimeout', 'ConnectTimeoutError: no answer'],
    ['conn answ', 'ConnectTimeoutError: no answer'],
    ['清理日志', '昨天的清理日志任务'],
    ['日', '清理日志'],
    ['志', '清理日志'],
    ['привет', 'Привет, мир'],
    ['ｆｕｌｌ', 'full width'],
    ['a@b.example', 'mail to a@b.example failed'],
  ])('finds %j in %j', (wanted, text) => {
    expect(finds(wanted, text)).toBe(true)
  })

  it.each([
    ['8813', 'order-8812'],
    ['imeout', 'ConnectTimeoutError'],
    ['日清', '清理日志'],
    ['order 9', 'order-8812'],
  ])('does not find %j in %j', (wanted, text) => {
    expect(finds(wanted, text)).toBe(false)
  })

  it('are letters and digits that every database compares alike, and never long', () => {
    for (const word of wordsOf(`Straße ${'x'.repeat(500)} 数据库 e\u0301 🎉`)) {
      expect(word).toMatch(/^[a-z0-9]{1,64}$/)
    }
  })

  it('are none where a text has none', () => {
    expect([...wordsOf('--- ???')]).toEqual([])
    expect(wantedWords('!')).toEqual([])
  })
})
