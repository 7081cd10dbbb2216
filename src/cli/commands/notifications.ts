import { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import { argument, type Bind, type Invocation, type Run } from '../invocation.ts'
import { collectWhole } from '../options.ts'

/** Some commands are loaded only when they run: what reads configurations takes longer to load than most commands take. */
const getTemplates: Run = async (invocation) => {
  const { listTemplates } = await import('../notifications/list-templates.ts')
  await listTemplates(invocation)
}

const getTriggers: Run = async (invocation) => {
  const { listTriggers } = await import('../notifications/list-triggers.ts')
  await listTriggers(invocation)
}

const requireTwo = ({ args }: Invocation): void => {
  if (args.length < 2) throw new CommandError(`expected two arguments, got ${args.length}`)
}

const notify: Run = async (invocation) => {
  requireTwo(invocation)
  const recipients = invocation.options.texts('recipient')
  const { notifyRecipients } = await import('../notifications/notify-recipients.ts')
  await notifyRecipients(invocation, {
    template: argument(invocation, 0),
    resource: argument(invocation, 1),
    recipients: recipients.length === 0 ? ['console:stdout'] : recipients,
  })
}

const runTrigger: Run = async (invocation) => {
  requireTwo(invocation)
  const { evaluateTrigger } = await import('../notifications/evaluate-trigger.ts')
  await evaluateTrigger(invocation, argument(invocation, 0), argument(invocation, 1))
}

const selectChild: Run = async () => {
  throw new CommandError('select child command')
}

/** A command that, as published, takes any number of words, and looks at those that it needs. */
const command = (name: string, summary: string, description: string, ...words: readonly string[]): Command => {
  const made = new Command(name).summary(summary).description(description).allowExcessArguments(true)
  for (const word of words) made.argument(`[${word}]`)
  return made
}

const withOutput = (made: Command): Command =>
  made.option('-o, --output <format>', 'Output format: json, yaml, wide or name', 'wide')

const templateCommand = (bind: Bind): Command =>
  command('template', 'Look at and try templates of notifications', 'Looks at and tries templates of notifications.')
    .action(bind(selectChild))
    .addCommand(
      withOutput(
        command('get', 'List templates', 'Lists the templates, or prints one of them, as they are configured.', 'NAME'),
      ).action(bind(getTemplates)),
    )
    .addCommand(
      command(
        'notify',
        'Send a notification made by a template',
        'Makes a notification by a template of a Rollout of the cluster or of a file, and sends it to recipients; without any it is printed. ' +
          'What a template can see of AnalysisRuns is not there.',
        'NAME',
        'RESOURCE_NAME',
      )
        .option(
          '--recipient <service:recipient>',
          'Whom to send to; may be repeated (default "console:stdout", which prints)',
          collectWhole,
        )
        .action(bind(notify)),
    )

const triggerCommand = (bind: Bind): Command =>
  command('trigger', 'Look at and try triggers of notifications', 'Looks at and tries triggers of notifications.')
    .action(bind(selectChild))
    .addCommand(
      withOutput(
        command('get', 'List triggers', 'Lists the triggers, or prints one of them, as they are configured.', 'NAME'),
      ).action(bind(getTriggers)),
    )
    .addCommand(
      command(
        'run',
        'Evaluate the conditions of a trigger',
        'Evaluates the conditions of a trigger for a Rollout of the cluster or of a file, and prints what each gives. ' +
          'A trigger without conditions is sent at every event, and shows false here.',
        'NAME',
        'RESOURCE_NAME',
      ).action(bind(runTrigger)),
    )

/** `notifications`: looks at and tries what tells people of releases. */
export const notificationsCommand = (bind: Bind): Command =>
  command(
    'notifications',
    'Look at and try what tells people of releases',
    'Looks at and tries the templates and triggers of notifications, of the cluster or of files.',
  )
    .option('--config-map <file>', 'File with the ConfigMap argo-rollouts-notification-configmap, - for standard input')
    .option(
      '--secret <file>',
      "File with the Secret argo-rollouts-notification-secret, - for standard input, ':empty' for none",
    )
    .action(function (this: Command) {
      this.outputHelp()
    })
    .addCommand(triggerCommand(bind))
    .addCommand(templateCommand(bind))
