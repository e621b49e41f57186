let markdown: ReturnType<typeof open> | undefined

/** Markdown as HTML for a mail. */
export async function htmlOf(words: string): Promise<string> {
  return (await (markdown ??= open())).render(words)
}

/** No HTML of the author's, and nothing that could act: what is no such link stays the text that it is. */
async function open() {
  const { default: MarkdownIt } = await import('markdown-it')
  const made = new MarkdownIt({ html: false })
  made.validateLink = (address) => /^(https?:\/\/|mailto:)/i.test(address)
  return made
}
