import type { Module } from '../core/module'
import plugin from '../plugin'
import admin, { currentUser, ensureFirstUser, identify, record } from './admin'
import task, { boardView, startScheduler, startSweeping } from './task'

/** The modules of the core, and what the pipeline needs from them. */
export const modules: Module[] = [admin, task, plugin]

export { boardView, currentUser, ensureFirstUser, identify, record, startScheduler, startSweeping }
