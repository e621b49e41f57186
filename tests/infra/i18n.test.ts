import { addWords, hasWords, negotiate, removeWords, t } from '../../src/infra/i18n'

afterEach(() => removeWords('notice'))

describe('words', () => {
  it('are given in the language that is asked for', () => {
    expect(t('zh-CN', 'response.success')).toBe('请求成功')
    expect(t('en-US', 'response.success')).toBe('Request success')
  })

  it('carry their parameters as they are, without escaping or expanding them', () => {
    const text = t('en-US', 'plugin.disabled', { name: '<b>"{{name}}" & $t(response.success)</b>' })

    expect(text).toBe(
      'Plugin <b>"{{name}}" & $t(response.success)</b> is not enabled, please ask your administrator',
    )
  })

  it('fall back to the default language when the language is unknown', () => {
    expect(t('xx', 'response.success')).toBe('请求成功')
  })

  it('are the key itself when nobody knows it', () => {
    expect(t('en-US', 'nothing.here')).toBe('nothing.here')
  })

  it('are never an object when only part of a key is given', () => {
    expect(typeof t('en-US', 'response')).toBe('string')
  })
})

describe('words of a plugin', () => {
  it('are found beside those of the core and are gone when it is removed', () => {
    addWords('notice', 'en-US', { notice: { already_sent: 'Sent {{times}} times' } })

    const during = t('en-US', 'notice.already_sent', { times: 2 })
    removeWords('notice')

    expect(during).toBe('Sent 2 times')
    expect(t('en-US', 'notice.already_sent')).toBe('notice.already_sent')
  })

  it('replace earlier ones of the same plugin', () => {
    addWords('notice', 'en-US', { notice: { title: 'Old', gone: 'Gone' } })
    t('en-US', 'notice.title')

    addWords('notice', 'en-US', { notice: { title: 'New' } })

    expect(t('en-US', 'notice.title')).toBe('New')
    expect(hasWords('en-US', 'notice.gone')).toBe(false)
  })

  it('cannot change those of the core', () => {
    addWords('notice', 'en-US', { response: { success: 'Hacked' } })

    expect(t('en-US', 'response.success')).toBe('Request success')
    expect(() => addWords('core', 'en-US', {})).toThrow()
  })

  it('are known per language', () => {
    addWords('notice', 'en-US', { notice: { title: 'Notice' } })

    expect(hasWords('en-US', 'notice.title')).toBe(true)
    expect(hasWords('zh-CN', 'notice.title')).toBe(false)
  })
})

describe('the language of a caller', () => {
  it.each([
    [undefined, 'zh-CN'],
    ['', 'zh-CN'],
    ['zh', 'zh-CN'],
    ['zh-cn', 'zh-CN'],
    ['zh-Hans', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['en', 'en-US'],
    ['EN-us', 'en-US'],
    ['en-GB,en;q=0.9', 'en-US'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh;q=0.5, en;q=0.9', 'en-US'],
    ['en;q=0, zh', 'zh-CN'],
    ['fr-FR,fr;q=0.9,en;q=0.8', 'en-US'],
    ['fr', 'zh-CN'],
    ['*', 'zh-CN'],
    [';;;,,,q=,', 'zh-CN'],
    [`${'x'.repeat(100_000)}`, 'zh-CN'],
  ])('by the header %s is %s', (header, language) => {
    expect(negotiate(header)).toBe(language)
  })
})
