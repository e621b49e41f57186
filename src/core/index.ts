/** The only door through which modules and plugins reach the framework. */
export { z } from 'zod'
export { Op } from 'sequelize'
export type {
  Attributes,
  CreationAttributes,
  CreationOptional,
  InferAttributes,
  InferCreationAttributes,
  ModelStatic,
  WhereOptions,
} from 'sequelize'
export { Column, DataType, Table } from 'sequelize-typescript'
export { BaseModel, EditableModel, LinkModel } from '../infra/base-model'
export { LONG_TEXT, SNOWFLAKE, TIMESTAMP, isDataError, startsWith } from '../infra/dialect'
export { Crud, type Query, type Row } from '../infra/crud'
export { Db } from '../infra/db'
export { inTransaction, reader } from '../infra/database'
export { isUniqueViolation } from '../infra/database-error'
export { GroupCommit } from '../infra/group-commit'
export { allOf } from '../utils/all-of'
export { oneAtATime } from '../infra/one-at-a-time'
export { now } from '../infra/clock'
export { cache } from '../infra/cache'
export { firstIdAt, nextId } from '../infra/ids'
export {
  among,
  askedOf,
  countUpTo,
  distinctValues,
  hasRowIn,
  idsWhere,
  lowestId,
  newestIds,
} from '../infra/bounded'
export { redis, readKeys, connectRedis } from '../infra/redis'
export { localFiles, readHead, uploadAddress } from '../infra/files'
export { hostReport, type HostReport } from '../infra/host-report'
export { readRedisReport } from '../infra/redis-report'
export { WriteBehind } from '../infra/write-behind'
export { EpochCache } from '../infra/epoch-cache'
export { beginChange, epochKeys, parseEpochs } from '../infra/epoch'
export { logger, type Logger } from '../infra/logger'
export { hasWords, t } from '../infra/i18n'
export { countQueueFailure, observeBatch, reportQueue } from '../infra/metrics'
export type { MigrationContext } from '../infra/migrator'
export { env, readSettings } from '../config/env'
export * as setting from '../config/setting'
export {
  declareLive,
  liveEnv,
  liveSettingNamed,
  liveSettings,
  liveSettingsOfCore,
  takeSettingsFrom,
  type LiveEnv,
  type SettingTexts,
} from '../config/live'
export * from './atoms'
export * from '../common/errors'
export { bare, data, file, longPage, nothing, page, redirect, type FileReply } from '../common/reply'
export type { Page, PageQuery } from '../common/page'
export type { Access, Client, CurrentUser, Rights, RoleRights, RowRule } from '../common/types'
export { Call, systemCall } from './call'
export { channels, type Channel, type ChannelOptions } from './channel'
export { ExtensionPoint, type Extending, type Extension } from './extension-point'
export { card, dashboardCards, type DashboardCard } from './dashboard-card'
export { fileStores, keepFile, type FileStore, type StoredFile } from './file-store'
export { isHiddenPage } from './hidden-page'
export { happens, listens, type Happening, type HappeningMap } from './listener'
export { notify, tell, type Room, type ScheduleTick, type ServerEvents, type SocketHandler } from './socket'
export { declareModule as module, type Module } from './module'
export { addButtons, addPage, removeMenus, type MenuButton, type MenuPage } from './menu-rows'
export { signInProviders, type SignInProvider, type SignInWay } from './sign-in-provider'
export { tool, toolsFor, type ToolDeclaration, type ToolDescription } from './tool'
export { route, type AnyRoute, type UploadedFile } from './route'
export {
  GivenUp,
  giveUp,
  runs,
  task,
  type BoundTask,
  type ScheduleSeed,
  type Task,
  type TaskRun,
  type Uniqueness,
} from './task'
export { enqueue, enqueueMany, enqueueNamed } from './enqueue'
export { acceptAll, checkArguments, prepareNamed, type EnqueueOptions } from './accept-task'
export { allTasks, holdTask, queueOf as queueNameOf, queues, taskNamed } from './task-registry'
export { isSandbox } from './sandbox-side'
export { terminateTask } from './task-control'
export {
  onTaskEvent,
  tellTaskAlert,
  tellTaskEvent,
  type TaskAlertEvent,
  type TaskEvent,
  type TaskTold,
} from './task-event'
export { countTask, reportTasks } from '../infra/task-metrics'
export {
  keepTasksIn,
  type AcceptedTask,
  type BegunTask,
  type Ending,
  type Failure,
  type News,
  type NotBegun,
  type Outcome,
  type Starter,
  type TaskStore,
} from './task-store'
export { liveWorkers, type WorkerReport } from './worker-presence'
export { BOARD_PATH, type BoardJob, type BoardView } from '../infra/queue-board'
export { pushAgain, pushJobs, queueLength, removeJob, whenQueuesAreNew } from '../infra/queue'
export { isSecretKey, redact } from '../common/redact'
export { preview } from './masking'
export { maskArguments, maskTask } from './secret-field'
export { isSecretSetting } from './secret-setting'
export { permissionsOf, type Permission } from './permissions'
export type { Operation } from './operation'
export { isBelow, toTree, type Tree } from '../utils/tree'
export {
  endSession,
  endSessionsOf,
  openSession,
  readRefreshToken,
  readSession,
  refreshSession,
  type OpenedSession,
} from '../security/session'
export type { SessionInfo } from '../security/session-info'
export { issueTicket } from '../security/page-pass'
export { watchEndedSessions, type EndedSessions } from '../security/session-end'
export { listSessions, listSessionsOf, type ListedSession } from '../security/session-list'
export { ONLINE_SECONDS, isOnline, markOffline, markOnline } from '../security/online'
export {
  compileRights,
  createEnforcer,
  policiesOf,
  roleSubject,
  userSubject,
  isPathPattern,
} from '../security/rbac'
export {
  checkPolicy,
  generatePassword,
  hashPassword,
  isReused,
  passwordPolicy,
  verifyPassword,
} from '../security/password'
export { checkCode, issueCode } from '../security/one-time-code'
export { limit } from '../security/rate-limit'
export { isCaptcha, newCaptcha } from '../security/captcha'
export {
  CONFIRMATION_PATH,
  confirmedUntil,
  endOfConfirmation,
  keepConfirmation,
} from '../security/confirmation'
export { checkLock, clearFailures, countFailure, isLocked, subjectOf, unlock } from '../security/lockout'
export { locate } from '../infra/location'
export { isAllowed } from '../security/access'
export { within } from '../utils/within'
export { onlyOnInternet } from '../infra/internet-lookup'
export { isOnInternet } from '../utils/internet-address'
export { readUserAgent } from '../utils/user-agent'
export { SNIFF_BYTES, sniff } from '../utils/content-type'
export { formatBytes, formatDuration, round2 } from '../utils/measure'
export { formatTime, parseTime } from '../utils/time'
export { isZone } from '../utils/zone'
export { parseCron, type Cron } from '../utils/cron/cron'
export { TimeRuleFault } from '../utils/cron/fault'
export { nextTime, timesBetween } from '../utils/cron/next-time'
export type { Window } from '../utils/cron/window'
export {
  PERIODS,
  checkInterval,
  intervalsBetween,
  nextInterval,
  type Interval,
  type Period,
} from '../utils/cron/interval'
export { readCron, requireInterval } from './time-rule'
export { wellFormed } from '../utils/well-formed'
export { wantedWords, wordsOf } from '../utils/words'
export { SecretBox } from '../security/secret-box'
export { secrets } from '../security/secret-store'
export {
  newRecoveryCodes,
  newSecret,
  otpauthUri,
  qrDataUrl,
  useRecoveryCode,
  verifyCode,
} from '../security/totp'
export { ALL_MODELS, ruleColumns, ruleProblem } from '../security/data-scope'
export { ruleModel, ruleModels } from '../security/rule-models'
