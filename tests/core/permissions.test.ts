import { module, nothing, permissionsOf, route } from '../../src/core'

const open = (title: string, access: string) =>
  route({ method: 'post', path: `/${title}`, title, access, reply: nothing(), handle: () => undefined })

it('the catalogue lists every code once, with all it opens, and no levels', () => {
  const things = module({
    name: 'things',
    version: '1.0.0',
    routes: [
      open('Rename', 'thing:edit'),
      open('Add', 'thing:add'),
      open('Move', 'thing:edit'),
      open('Look', 'signed_in'),
    ],
  })

  expect(permissionsOf([things])).toEqual([
    { code: 'thing:add', modules: ['things'], titles: ['Add'] },
    { code: 'thing:edit', modules: ['things'], titles: ['Rename', 'Move'] },
  ])
})
