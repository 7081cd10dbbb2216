import type { TemplateFunctions } from '../template-function.ts'
import { dateFunctions } from './dates.ts'
import { defaultFunctions } from './defaults.ts'
import { dictFunctions } from './dicts.ts'
import { encodingFunctions } from './encoding.ts'
import { jsonFunctions } from './json.ts'
import { listFunctions } from './lists.ts'
import { numberFunctions } from './numbers.ts'
import { pathFunctions } from './paths.ts'
import { randomFunctions } from './random.ts'
import { reflectionFunctions } from './reflection.ts'
import { refusedFunctions } from './refused.ts'
import { regexFunctions } from './regex.ts'
import { stringFunctions } from './strings.ts'
import { urlFunctions } from './urls.ts'
import { versionFunctions } from './versions.ts'
import { wordFunctions } from './word-case.ts'

/**
 * The functions of the sprig library (github.com/Masterminds/sprig, version 3), which published notification templates use. `env` and
 * `expandenv` do not exist, as published; those that make keys and passwords stop the template with a message.
 */
export const sprigFunctions: TemplateFunctions = new Map([
  ...dateFunctions,
  ...defaultFunctions,
  ...dictFunctions,
  ...encodingFunctions,
  ...jsonFunctions,
  ...listFunctions,
  ...numberFunctions,
  ...pathFunctions,
  ...randomFunctions,
  ...reflectionFunctions,
  ...refusedFunctions,
  ...regexFunctions,
  ...stringFunctions,
  ...urlFunctions,
  ...versionFunctions,
  ...wordFunctions,
])
