import { startTaskRunner } from '../../src/task-runner'
import { sandboxTasks } from './sandbox-tasks'

/** The program of a sandbox that knows the tasks of the tests. */
void startTaskRunner({ modules: [sandboxTasks] })
