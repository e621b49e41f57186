import { authScenarios } from './scenario/auth'
import { fileScenarios, logScenarios, monitorScenarios } from './scenario/logs'
import { deptScenarios, menuScenarios, roleScenarios } from './scenario/people'
import { ruleScenarios, scopeScenarios } from './scenario/rules'
import type { Scenarios } from './scenario/turn'
import { resultScenarios, scheduleScenarios, taskScenarios } from './scenario/task'
import { userScenarios } from './scenario/user'

/** How to call every endpoint of the contract, and how to provoke every error it lists. */
export const scenarios: Scenarios = {
  ...authScenarios,
  ...deptScenarios,
  ...menuScenarios,
  ...roleScenarios,
  ...userScenarios,
  ...ruleScenarios,
  ...scopeScenarios,
  ...fileScenarios,
  ...logScenarios,
  ...monitorScenarios,
  ...taskScenarios,
  ...resultScenarios,
  ...scheduleScenarios,
}
