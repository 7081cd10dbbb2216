import { Command } from 'commander'
import type { Bind } from '../invocation.ts'
import { createAnalysisRunCommand } from './create-analysis-run.ts'

/** `create`: makes an AnalysisRun of a template. */
export const createCommand = (bind: Bind): Command =>
  new Command('create')
    .summary('Make an AnalysisRun of a template')
    .description('Makes something new.')
    .addCommand(createAnalysisRunCommand(bind))
