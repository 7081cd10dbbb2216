import { spawn } from 'node:child_process'
import { join } from 'node:path'

import type { ControlPlane } from './control-plane.ts'
import { HarnessError } from './errors.ts'

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a command reads and sees beside its arguments. */
export interface CommandOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeout?: number
}

/** Runs a command to its end. @throws HarnessError when it cannot be started; a bad exit code is an answer */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.env },
      timeout: options.timeout ?? 60_000,
      killSignal: 'SIGKILL',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', (cause) => reject(new HarnessError(`running ${command}`, { cause })))
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
  })
}

/**
 * The real kubectl as the administrator.
 * @returns what it printed
 * @throws HarnessError with its complaint when it ends with another code than 0
 */
export async function kubectl(plane: ControlPlane, args: readonly string[], input?: string): Promise<string> {
  const result = await runCommand(plane.binaries.kubectl, ['--kubeconfig', plane.kubeconfig, ...args], {
    ...(input === undefined ? {} : { input }),
    // Ports come back with other clusters behind them, so what was discovered must not outlive this one.
    env: { KUBECACHEDIR: join(plane.directory, 'kubectl-cache') },
  })
  if (result.code !== 0) throw new HarnessError(`kubectl ${args.join(' ')}: ${result.stderr.trim()}`)
  return result.stdout
}
