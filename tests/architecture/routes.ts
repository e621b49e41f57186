import { env } from '../../src/config/env'
import type { Module } from '../../src/core/module'
import { mountedRoutes as mounted } from '../../src/core/router'

export type { AnyRoute } from '../../src/core/route'

/** All routes of the given modules, with their full paths. */
export const mountedRoutes = (modules: Module[]) => mounted(modules, env.FASTAPI_API_V1_PATH)
