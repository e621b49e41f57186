/** To be imported before everything else: alerts that a test can bring about, and only the test. */
process.env['TASK_ALERT_LOOK_SECONDS'] = '0'
process.env['TASK_ALERT_QUEUE_LENGTH'] = '3'
process.env['TASK_ALERT_FAILURES'] = '2'
