import { Crud } from '#core'
import { LoginLog, OperaLog } from '../model/logs'

class LoginLogCrud extends Crud<LoginLog> {}
class OperaLogCrud extends Crud<OperaLog> {}

export const loginLogCrud = new LoginLogCrud(LoginLog)
export const operaLogCrud = new OperaLogCrud(OperaLog)
