import { reader } from '#core'
import { roleMenuCrud, userRoleCrud } from '../../../../src/app/admin/crud/links'
import { menuCrud } from '../../../../src/app/admin/crud/menu'
import {
  buildMenu,
  buildRole,
  buildUser,
  clientOf,
  signIn,
  signInAdmin,
  stranger,
  unique,
  useApp,
} from '#testing'

useApp()

interface Node {
  id: string
  children?: Node[] | null
}

const flat = (nodes: Node[]): Node[] => nodes.flatMap((node) => [node, ...flat(node.children ?? [])])
const input = (values: object = {}) => ({
  title: unique('title'),
  name: unique('menu'),
  type: 1,
  status: 1,
  display: 1,
  cache: 1,
  ...values,
})
const adder = () => signIn({ can: ['sys:menu:add'] })
const editor = () => signIn({ can: ['sys:menu:edit'] })
const deleter = () => signIn({ can: ['sys:menu:del'] })

describe('get own sidebar', () => {
  const sidebarOf = async (...menus: { id: string }[]) => {
    const role = await buildRole()
    for (const menu of menus) await roleMenuCrud.create(reader(), { role_id: role.id, menu_id: menu.id })
    return (await clientOf(await buildUser({}, [role.id]))).get('/sys/menus/sidebar')
  }

  it('shows a page as the router wants it', async () => {
    const menu = await buildMenu({
      path: '/p',
      component: '/x/y.vue',
      icon: 'i',
      perms: 'a:b:c',
      sort: 4,
      display: 0,
      status: 0,
      cache: 0,
      link: '',
      remark: 'r',
    })

    const answer = await sidebarOf(menu)

    expect(answer).toSucceed()
    expect(answer.data).toEqual([
      {
        id: menu.id,
        name: menu.name,
        path: '/p',
        parent_id: null,
        sort: 4,
        type: 1,
        component: '/x/y.vue',
        perms: 'a:b:c',
        remark: 'r',
        created_time: menu.created_time.toISOString(),
        updated_time: null,
        meta: {
          title: menu.title,
          icon: 'i',
          iframeSrc: '',
          link: '',
          keepAlive: 0,
          hideInMenu: true,
          menuVisibleWithForbidden: true,
        },
      },
    ])
  })

  it('puts the address of a page where its type says', async () => {
    const link = 'https://example.com/'
    const types = [1, 3, 4]
    const menus = []
    for (const type of types) menus.push(await buildMenu({ type, link, sort: type }))
    menus.push(await buildMenu({ type: 3, link: null, sort: 9 }))

    const answer = await sidebarOf(...menus)

    expect(answer.data.map(({ meta }: { meta: object }) => meta)).toMatchObject([
      { iframeSrc: '', link: '' },
      { iframeSrc: link, link: '' },
      { iframeSrc: '', link },
      { iframeSrc: null, link: null },
    ])
  })

  it('is a tree in order without buttons; a page whose parent is not among them becomes a root', async () => {
    const parent = await buildMenu({ type: 0, sort: 2 })
    const child = await buildMenu({ parent_id: parent.id })
    const button = await buildMenu({ parent_id: child.id, type: 2 })
    const orphan = await buildMenu({ parent_id: (await buildMenu()).id, sort: 1 })

    const answer = await sidebarOf(parent, child, button, orphan)

    expect(answer.data.map((node: Node) => node.id)).toEqual([orphan.id, parent.id])
    expect(answer.data[1].children.map((node: Node) => node.id)).toEqual([child.id])
    expect(answer.data[1].children[0]).not.toHaveProperty('children')
  })

  it('shows all to a super user, and nothing to a user whose roles are without menus or who has no role', async () => {
    const menu = await buildMenu()
    const admin = await clientOf(await buildUser({ is_superuser: true }))

    expect(flat((await admin.get('/sys/menus/sidebar')).data).map((node) => node.id)).toContain(menu.id)
    expect((await sidebarOf()).data).toEqual([])
    expect((await (await clientOf(await buildUser())).get('/sys/menus/sidebar')).data).toEqual([])
  })

  it('leaves out what only a disabled role has', async () => {
    const [enabled, disabled] = [await buildRole({}, ['']), await buildRole({ status: 0 })]
    const menu = await buildMenu()
    await roleMenuCrud.create(reader(), { role_id: disabled.id, menu_id: menu.id })
    const client = await clientOf(await buildUser({}, [enabled.id, disabled.id]))

    expect((await client.get('/sys/menus/sidebar')).data).toEqual([])
  })

  it('shows ids above 2^53 as text', async () => {
    expect((await sidebarOf(await buildMenu())).data[0].id).toMatch(/^\d{17,19}$/)
  })
})

describe('get a menu', () => {
  it('shows all of it', async () => {
    const menu = await buildMenu({ perms: 'a:b:c', type: 2 })

    const answer = await (await signIn()).get(`/sys/menus/${menu.id}`)

    expect(answer).toSucceed()
    expect(Object.keys(answer.data).sort()).toEqual(
      [
        ...['cache', 'component', 'created_time', 'display', 'icon', 'id', 'link', 'name', 'parent_id'],
        ...['path', 'perms', 'remark', 'sort', 'status', 'title', 'type', 'updated_time'],
      ].sort(),
    )
    expect(answer.data).toMatchObject({ id: menu.id, perms: 'a:b:c', type: 2, parent_id: null })
  })

  it('does not know an unknown one', async () => {
    expect(await (await signIn()).get('/sys/menus/0')).toFail(404, 'menu.not_found')
  })

  it('refuses a stranger', async () => {
    expect(await stranger().get('/sys/menus/1')).toFail(401, 'auth.not_authenticated')
  })
})

describe('list menus', () => {
  it('shows a tree in order with buttons, leaves with null', async () => {
    const root = await buildMenu({ type: 0 })
    const late = await buildMenu({ parent_id: root.id, sort: 2 })
    const early = await buildMenu({ parent_id: root.id, sort: 1, type: 2 })

    const answer = await (await signIn()).get('/sys/menus')

    expect(flat(answer.data).find((node) => node.id === root.id)?.children).toMatchObject([
      { id: early.id, children: null },
      { id: late.id, children: null },
    ])
  })

  it('filters by title and status; a menu whose parent is filtered out becomes a root', async () => {
    const title = unique('Title')
    const menu = await buildMenu({ title, status: 0, parent_id: (await buildMenu()).id })
    const reading = await signIn()
    const find = async (query: string) =>
      (await reading.get(`/sys/menus?${query}`)).data.map((node: Node) => node.id)

    expect(await find(`title=${title.slice(2, 15)}`)).toEqual([menu.id])
    expect(await find(`title=${title}&status=1`)).toEqual([])
    expect(await find(`title=${title}&status=0`)).toEqual([menu.id])
  })

  it('shows menus that are each other’s parents', async () => {
    const [a, b] = [await buildMenu(), await buildMenu()]
    await menuCrud.update(reader(), a.id, { parent_id: b.id })
    await menuCrud.update(reader(), b.id, { parent_id: a.id })

    const ids = flat((await (await signIn()).get('/sys/menus')).data).map((node) => node.id)

    expect(ids.filter((id) => id === a.id || id === b.id)).toHaveLength(2)
    await menuCrud.update(reader(), a.id, { parent_id: null })
  })
})

describe('create a menu', () => {
  it('stores what is sent, and the defaults', async () => {
    const parent = await buildMenu()
    const values = input({ parent_id: parent.id, perms: 'a:b:c,d:e:f', link: '', icon: '', type: '3' })

    expect(await (await adder()).post('/sys/menus', values)).toSucceed()

    expect(await menuCrud.byTitle(reader(), values.title)).toMatchObject({
      name: values.name,
      parent_id: parent.id,
      type: 3,
      perms: 'a:b:c,d:e:f',
      sort: 0,
      path: null,
      icon: null,
    })
  })

  it('keeps titles unique among menus; buttons share theirs', async () => {
    const [menu, button] = [await buildMenu(), await buildMenu({ type: 2 })]
    const client = await adder()

    expect(await client.post('/sys/menus', input({ title: menu.title }))).toFail(409, 'menu.title_taken')
    expect(await client.post('/sys/menus', input({ title: button.title }))).toSucceed()
    expect(await client.post('/sys/menus', input({ title: menu.title, type: 2 }))).toSucceed()
  })

  it('refuses an unknown parent and takes 0 for none', async () => {
    const client = await adder()
    const values = input({ parent_id: 0 })

    expect(await client.post('/sys/menus', input({ parent_id: '1' }))).toFail(404, 'menu.parent_not_found')
    expect(await client.post('/sys/menus', values)).toSucceed()
    expect((await menuCrud.byTitle(reader(), values.title))?.parent_id).toBeNull()
  })

  it.each([
    [{ title: 'x'.repeat(65) }],
    [{ title: undefined }],
    [{ name: undefined }],
    [{ name: 'x'.repeat(65) }],
    [{ path: 'x'.repeat(201) }],
    [{ icon: 'x'.repeat(129) }],
    [{ component: 'x'.repeat(257) }],
    [{ perms: 'x'.repeat(129) }],
    [{ sort: -1 }],
    [{ type: 5 }],
    [{ type: undefined }],
    [{ status: 2 }],
    [{ display: undefined }],
    [{ cache: 'x' }],
  ])('refuses %j', async (values) => {
    expect((await (await adder()).post('/sys/menus', input(values))).status).toBe(422)
  })
})

describe('update a menu', () => {
  it('sets what is sent and keeps what is left out', async () => {
    const menu = await buildMenu({ icon: 'i', path: '/p', sort: 3 })

    expect(
      await (await editor()).put(`/sys/menus/${menu.id}`, input({ title: menu.title, icon: null })),
    ).toSucceed()

    expect(await menuCrud.get(reader(), menu.id)).toMatchObject({ icon: null, path: '/p', sort: 3 })
  })

  it('refuses what is unknown or taken, also for a button that becomes a menu', async () => {
    const [menu, other] = [await buildMenu(), await buildMenu()]
    const button = await buildMenu({ title: other.title, type: 2 })
    const client = await editor()
    const update = (id: string, values: object) => client.put(`/sys/menus/${id}`, input(values))

    expect(await update('1', {})).toFail(404, 'menu.not_found')
    expect(await update(menu.id, { title: other.title })).toFail(409, 'menu.title_taken')
    expect(await update(button.id, { title: other.title })).toFail(409, 'menu.title_taken')
    expect(await update(menu.id, { parent_id: '1' })).toFail(404, 'menu.parent_not_found')
  })

  it('refuses circles of any length', async () => {
    const top = await buildMenu()
    const low = await buildMenu({ parent_id: (await buildMenu({ parent_id: top.id })).id })
    const client = await editor()

    for (const parent_id of [top.id, low.id])
      expect(await client.put(`/sys/menus/${top.id}`, input({ parent_id }))).toFail(403, 'menu.self_parent')
    expect(await client.put(`/sys/menus/${low.id}`, input({ parent_id: top.id }))).toSucceed()
  })

  it('gives and takes rights at once', async () => {
    const user = await signIn()
    const [menu] = await menuCrud.inOrder(
      reader(),
      await roleMenuCrud.rightOf(reader(), ...(await userRoleCrud.rightOf(reader(), user.user.id))),
    )
    const tryIt = () => user.post('/sys/roles', { name: unique('r').slice(0, 30), status: 1 })
    const save = async (values: object) =>
      (await signInAdmin()).put(`/sys/menus/${menu?.id}`, input({ type: 2, ...values }))
    expect(await tryIt()).toFail(403, 'auth.permission_denied')

    await save({ perms: 'sys:role:add' })
    expect(await tryIt()).toSucceed()

    await save({ perms: 'sys:role:add', status: 0 })
    expect(await tryIt()).toFail(403, 'auth.permission_denied')
  })
})

describe('delete a menu', () => {
  it('takes it from every role, and the rights at once', async () => {
    const user = await signIn()
    const [role = ''] = await userRoleCrud.rightOf(reader(), user.user.id)
    const menu = await buildMenu({ perms: 'sys:role:add', type: 2 })
    await roleMenuCrud.create(reader(), { role_id: role, menu_id: menu.id })
    const tryIt = () => user.post('/sys/roles', { name: unique('r').slice(0, 30), status: 1 })
    expect(await tryIt()).toSucceed()

    expect(await (await deleter()).delete(`/sys/menus/${menu.id}`)).toSucceed()

    expect(await tryIt()).toFail(403, 'auth.permission_denied')
    expect(await menuCrud.get(reader(), menu.id)).toBeNull()
    expect(await roleMenuCrud.leftOf(reader(), menu.id)).toEqual([])
  })

  it('refuses while something is below it, buttons too', async () => {
    const menu = await buildMenu()
    await buildMenu({ parent_id: menu.id, type: 2 })

    expect(await (await deleter()).delete(`/sys/menus/${menu.id}`)).toFail(409, 'menu.has_children')
  })

  it('says that nothing happened for an unknown one', async () => {
    expect(await (await deleter()).delete('/sys/menus/1')).toFail(200, 'response.error', {}, 400)
  })
})
