import { data, id, nothing, route, z } from '#core'
import { DeptDetail, DeptList, DeptTree, SaveDept } from '../schema/dept'
import * as deptService from '../service/dept'

const params = z.object({ pk: id() })

export const getDept = route({
  method: 'get',
  path: '/sys/depts/:pk',
  title: 'Get a department',
  access: 'signed_in',
  params,
  reply: data(DeptDetail),
  errors: ['dept.not_found'],
  handle: (call, { params }) => deptService.get(call, params.pk),
})

export const listDepts = route({
  method: 'get',
  path: '/sys/depts',
  title: 'List departments as a tree',
  description: 'Those that are not deleted and that the data rules of the caller let through.',
  access: 'signed_in',
  query: DeptList,
  reply: data(z.array(DeptTree)),
  handle: (call, { query }) => deptService.tree(call, query),
})

export const createDept = route({
  method: 'post',
  path: '/sys/depts',
  title: 'Create a department',
  access: 'sys:dept:add',
  body: SaveDept,
  reply: nothing(),
  errors: ['dept.name_taken', 'dept.parent_not_found'],
  handle: (call, { body }) => deptService.create(call, body),
})

export const updateDept = route({
  method: 'put',
  path: '/sys/depts/:pk',
  title: 'Update a department',
  access: 'sys:dept:edit',
  params,
  body: SaveDept,
  reply: nothing(),
  errors: [
    'dept.not_found',
    'dept.name_taken',
    'dept.parent_not_found',
    'dept.self_parent',
    'user.last_superuser',
  ],
  handle: (call, { params, body }) => deptService.update(call, params.pk, body),
})

export const deleteDept = route({
  method: 'delete',
  path: '/sys/depts/:pk',
  title: 'Delete a department',
  access: 'sys:dept:del',
  params,
  reply: nothing(),
  errors: ['dept.not_found', 'dept.has_users', 'dept.has_children'],
  handle: (call, { params }) => deptService.remove(call, params.pk),
})

export const deptRoutes = [getDept, listDepts, createDept, updateDept, deleteDept]
