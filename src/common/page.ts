/** What a paged list is asked for. `page` counts from 1. */
export interface PageQuery {
  page: number
  size: number
}

/** One page of rows with the total of all pages. */
export interface Page<T> {
  items: T[]
  total: number
}

export const MAX_PAGE_SIZE = 200

/** Site-relative links of a page (contract 1.6). */
export function pageLinks(path: string, search: string, query: PageQuery, totalPages: number) {
  const to = (page: number) => `${path}?${withPage(search, page, query.size)}`
  return {
    first: to(1),
    last: to(Math.max(totalPages, 1)),
    self: search ? `${path}?${search}` : path,
    next: query.page + 1 > totalPages ? null : to(query.page + 1),
    prev: query.page - 1 < 1 ? null : to(query.page - 1),
  }
}

/** Other parameters come first, in their order; `page` and `size` stand at the end. */
function withPage(search: string, page: number, size: number): string {
  const params = new URLSearchParams(search)
  params.delete('page')
  params.delete('size')
  params.append('page', String(page))
  params.append('size', String(size))
  return params.toString()
}
