/** A line of the controller's log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Keys besides time, level and message. */
  readonly fields: readonly string[]
  /** What it tells, and what to do about it. */
  readonly meaning: string
}

const line = (level: LogLine['level'], fields: string, meaning: string): LogLine => ({
  level,
  fields: fields === '' ? [] : fields.split(' '),
  meaning,
})

/**
 * Every message of the controller's log. Alerts and searches go by them: a message is changed as an API is, and a test holds
 * the sources to this list.
 */
export const logVocabulary: Readonly<Record<string, LogLine>> = {
  'the controllers are running': line('info', 'instanceId namespace', 'This process leads, and its caches are filled.'),
  'a flag has no effect here': line('warn', 'flag why', 'What the flag steers is done otherwise; remove it.'),
  'starting failed': line('error', 'err', 'The process ends with code 1.'),
  stopping: line('info', 'signal', 'A signal asks the process to end; it finishes what is under way, within 20 s.'),
  stopped: line('info', '', 'The process ends with code 0; the lease is given back.'),
  'stopping took too long': line('error', '', 'The process ends with code 1; the lease expires by itself.'),
  'another process leads; this one stands by': line('info', 'lease identity leader', 'Its caches are kept filled.'),
  'elected as leader': line('info', 'lease identity', 'From now on this process acts.'),
  'lost the leadership': line(
    'error',
    'lease identity err',
    'The lease was not renewed in time, or is held by another.',
  ),
  'the leadership is lost; this process ends': line('error', 'err', 'With code 1; Kubernetes starts it again.'),
  'talking about the lease failed; it is tried again': line('warn', 'lease identity err', 'Harmless if it passes.'),
  'giving the lease back failed; it will expire': line('warn', 'lease identity err', 'The next leader waits for that.'),
  'the namespace of the lease does not exist: create it; until then nobody leads': line(
    'error',
    'lease identity namespace',
    'Set POD_NAMESPACE to the namespace of the controller.',
  ),
  'a release began': line('info', 'rollout hash', 'A new version is asked for, or an aborted one is retried.'),
  'a release ended': line(
    'info',
    'rollout hash status',
    'Promoted, FastPromoted, Aborted, RolledBack or FastRolledBack.',
  ),
  'the phase of a Rollout changed': line('info', 'rollout phase previous message', 'As the status says.'),
  'the step of a Rollout changed': line('info', 'rollout step previous hash', 'Index of the step; counted from 0.'),
  'the phase of an AnalysisRun changed': line('info', 'analysisRun phase previous message', 'As the status says.'),
  'the phase of an Experiment changed': line('info', 'experiment phase previous message', 'As the status says.'),
  applied: line('info', 'rollout experiment effect target why', 'Something was written: what, and for which reason.'),
  'applying failed': line('warn', 'rollout experiment effect target why err', 'It is tried again.'),
  notified: line('info', 'component rollout reason service', 'A notification was accepted by a service.'),
  'giving up a notification': line(
    'warn',
    'component rollout trigger to why',
    'Also a Warning event of the Rollout: docs/notifications.md says what to look at.',
  ),
  'dropping notifications that were not delivered in time': line(
    'warn',
    'component count',
    'The process ends; these will not be sent.',
  ),
  'some notifications cannot be used': line(
    'warn',
    'component configMap problems',
    'What is wrong, key by key; everything else is sent.',
  ),
  'reconciling failed; it will be tried again': line(
    'error',
    'controller key failures err',
    'With growing delays, 10 s at most.',
  ),
  'reconciling again: the object changed meanwhile': line('debug', 'controller key', 'Somebody else wrote it: normal.'),
  'working on a key failed': line('error', 'controller key err', 'A defect of the controller; others go on.'),
  'removing what old measurements left behind failed': line(
    'warn',
    'analysisRun err',
    'Jobs of old measurements stay until their AnalysisRun is deleted.',
  ),
  'some plugins cannot be used': line('warn', 'configMap problems', 'What is wrong with their configuration.'),
  'a CustomResourceDefinition is not installed; apply crds/ and its objects are served within half a minute': line(
    'warn',
    'kind',
    'The controller runs without it.',
  ),
  'Istio’s objects are those of the primary cluster': line(
    'info',
    'secret cluster',
    'A Secret with the label istio.argoproj.io/primary-cluster says so: docs/traffic/istio.md.',
  ),
  'Istio’s objects are those of the controller’s own cluster again': line('info', '', 'That Secret is gone.'),
  'several Secrets name an Istio primary cluster; the first one counts': line(
    'warn',
    'secret',
    'Take the label off the others.',
  ),
  'the Secret of the Istio primary cluster cannot be used': line(
    'warn',
    'secret err',
    'Rollouts with Istio stand still until it can: put one kubeconfig into it, without files and programs.',
  ),
  'no Istio primary cluster is looked for: the controller may not list Secrets': line(
    'info',
    'namespace',
    'Harmless where Istio’s objects are in the same cluster as the Rollouts.',
  ),
  'the server does not know this kind; it is looked for from time to time': line(
    'info',
    'kind',
    'Normal for routers that the cluster does not have.',
  ),
  'reading is forbidden; check the RBAC rules of the controller': line('warn', 'path err', 'Nothing of it is known.'),
  'reading was interrupted and goes on': line('info', 'path err', 'A watch ended; many at once are an outage.'),
  'leaving out an object that cannot be read': line('error', 'kind namespace name err', 'Its fields have wrong types.'),
  'leaving out an object without name, uid or resourceVersion': line('warn', 'path', 'A defect of the server.'),
  'leaving out a change of an object without name, uid or resourceVersion': line('warn', 'path', 'The same.'),
  'handling a change failed; other handlers are not affected': line('error', 'kind err', 'A defect of the controller.'),
  'dropping an event': line('warn', 'component name reason err', 'The API server did not take it.'),
  'dropping an event: too many wait for this object': line('warn', 'component name reason', 'More than 100 wait.'),
  'sending traces failed; they are kept for a while': line('warn', 'err', 'The newest 2,048 spans are kept.'),
}
