import { createHash } from 'node:crypto'
import type { BundledPackage } from './bundled-packages.ts'

/** What a bill of materials is about. */
export interface Subject {
  readonly name: string
  readonly version: string
  readonly license: string
  /** The bundled file itself. */
  readonly content: Uint8Array
}

const purlOf = ({ name, version }: Pick<BundledPackage, 'name' | 'version'>): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`

/** One license has an id; an expression of several is said as such (CycloneDX 1.6, `licenses`). */
const licensesOf = (license: string): object[] => [
  / (OR|AND|WITH) |\(/.test(license) ? { expression: license } : { license: { id: license } },
]

/**
 * A software bill of materials in CycloneDX 1.6: what is in a bundled file, and in which version. The same sources give the
 * same document, so it has no time and no random serial number.
 */
export const billOfMaterials = (subject: Subject, packages: readonly BundledPackage[]): string => {
  const sha256 = createHash('sha256').update(subject.content).digest('hex')
  const root = { name: subject.name, version: subject.version }
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purlOf(root),
        ...root,
        purl: purlOf(root),
        licenses: licensesOf(subject.license),
        hashes: [{ alg: 'SHA-256', content: sha256 }],
      },
    },
    components: packages.map(({ name, version, license }) => ({
      type: 'library',
      'bom-ref': purlOf({ name, version }),
      name,
      version,
      purl: purlOf({ name, version }),
      licenses: licensesOf(license),
    })),
    dependencies: [{ ref: purlOf(root), dependsOn: packages.map(purlOf) }],
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
