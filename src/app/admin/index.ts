import { fileStores, isSandbox, localFiles, module, runs } from '#core'
import { authRoutes } from './api/auth'
import { casbinRuleRoutes } from './api/casbin-rule'
import { confirmationRoutes } from './api/confirmation'
import { dashboardRoutes } from './api/dashboard'
import { dataRuleRoutes } from './api/data-rule'
import { dataScopeRoutes } from './api/data-scope'
import { deptRoutes } from './api/dept'
import { meRoutes } from './api/me'
import { fileRoutes } from './api/file'
import { logRoutes } from './api/log'
import { menuRoutes } from './api/menu'
import { mfaRoutes } from './api/mfa'
import { monitorRoutes } from './api/monitor'
import { roleRoutes } from './api/role'
import { sessionRoutes } from './api/session'
import { toolRoutes } from './api/tool'
import { userRoutes } from './api/user'
import { CasbinRule } from './model/casbin-rule'
import { DataRule } from './model/data-rule'
import { DataScope } from './model/data-scope'
import { Dept } from './model/dept'
import { DataScopeRule, RoleDataScope, RoleMenu, UserRole } from './model/links'
import { LoginLog, OperaLog } from './model/logs'
import { Menu } from './model/menu'
import { UserPasswordHistory } from './model/password-history'
import { Role } from './model/role'
import { User } from './model/user'
import { clearRest } from './service/log'
import { purgeLoginLog, purgeOperaLog } from './service/log-retention'
import { startOperationLog } from './service/operation-log'
import { clearLog } from './task/clear-log'
import { purgeLoginLogs, purgeOperaLogs } from './task/purge-logs'

export { seedDemo, type Seeded } from './service/demo'
export { ensureFirstUser } from './service/first-user'
export { currentUser, identify } from './service/identity'
export {
  addSuperUser,
  liftLock,
  setPassword,
  usersWithKnownPassword,
  hasSuperUser,
} from './service/maintenance'
export { reachable, type Audience, type Reachable } from './service/reach'
export { record } from './service/operation-log'
export {
  findUserByEmail,
  giveAvatar,
  isUsernameFree,
  letIn,
  lockUser,
  noteRefusal,
  signUp,
  type Factor,
  type KnownUser,
} from './service/voucher'
export { issueEmailCode } from './service/profile'
export { compareRights, type RightsComparison } from './service/rights-check'

/** Users, roles, menus, departments, data rules, logs and monitoring. */
export default module({
  name: 'admin',
  version: '0.1.0',
  routes: [
    ...authRoutes,
    ...confirmationRoutes,
    ...sessionRoutes,
    ...mfaRoutes,
    ...userRoutes,
    ...meRoutes,
    ...deptRoutes,
    ...menuRoutes,
    ...roleRoutes,
    ...casbinRuleRoutes,
    ...dataRuleRoutes,
    ...dataScopeRoutes,
    ...fileRoutes,
    ...logRoutes,
    ...monitorRoutes,
    ...dashboardRoutes,
    ...toolRoutes,
  ],
  models: [
    User,
    Dept,
    Role,
    Menu,
    DataScope,
    DataRule,
    UserRole,
    RoleMenu,
    RoleDataScope,
    DataScopeRule,
    LoginLog,
    OperaLog,
    UserPasswordHistory,
    CasbinRule,
  ],
  tasks: [
    runs(purgeOperaLogs, () => purgeOperaLog()),
    runs(purgeLoginLogs, () => purgeLoginLog()),
    runs(clearLog, (_call, payload) => clearRest(payload)),
  ],
  extensions: [fileStores.filledBy(localFiles)],
  start: () => {
    if (isSandbox()) return Promise.resolve()
    const stopRecording = startOperationLog()
    return Promise.resolve(stopRecording)
  },
})
