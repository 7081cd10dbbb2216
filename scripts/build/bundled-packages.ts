import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

/** A package of which something is in a bundle. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** SPDX expression, as the package says it. */
  readonly license: string
  /** Text of its license file; empty when it has none. */
  readonly licenseText: string
}

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() })

/** The folder of the package that a file of a bundle comes from; undefined for our own. */
const folderOf = (input: string): string | undefined =>
  /^(?:[a-z-]+:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]

const licenseTextIn = (folder: string): string => {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$|-)/i.test(name))
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
}

const packageIn = (folder: string): BundledPackage => {
  const manifest = manifestSchema.safeParse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
  if (!manifest.success) throw new Error(`listing what is bundled: ${folder}/package.json names no license`)
  return { ...manifest.data, licenseText: licenseTextIn(folder) }
}

const nameAndVersion = ({ name, version }: BundledPackage): string => `${name}@${version}`

/**
 * The packages of which something is in a bundle, by the inputs that esbuild's metafile lists; sorted by name.
 * @param root where the inputs' paths begin
 * @throws Error for a package that names no license: somebody has to look at it first
 */
export const bundledPackages = (root: string, inputs: readonly string[]): readonly BundledPackage[] => {
  const folders = new Set(inputs.map(folderOf).filter((folder) => folder !== undefined))
  const packages = [...folders].map((folder) => packageIn(join(root, folder)))
  return packages.sort((left, right) => (nameAndVersion(left) < nameAndVersion(right) ? -1 : 1))
}

/** The list of licenses that goes with a bundle, with their texts. */
export const licenseList = (packages: readonly BundledPackage[]): string =>
  packages
    .map((one) =>
      [`${nameAndVersion(one)} (${one.license})`, '', one.licenseText || `License: ${one.license}`].join('\n'),
    )
    .join(`\n\n${'-'.repeat(100)}\n\n`)
    .concat('\n')
