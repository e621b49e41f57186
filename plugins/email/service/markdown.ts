import MarkdownIt from 'markdown-it'

/** No HTML of the author's, and nothing that could act: what is no such link stays the text that it is. */
const markdown = new MarkdownIt({ html: false })
markdown.validateLink = (address) => /^(https?:\/\/|mailto:)/i.test(address)

/** Markdown as HTML for a mail. */
export const htmlOf = (words: string): string => markdown.render(words)
