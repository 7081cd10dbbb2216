import { type Finding, lintRules } from './finding.ts'

/** What reports the findings. */
export interface SarifTool {
  readonly name: string
  readonly version: string
}

const resultOf = ({ rule, file, line, column, object, field, message }: Finding): object => ({
  ruleId: rule,
  level: 'error',
  message: { text: `${object} ${field}: ${message}` },
  locations: [
    { physicalLocation: { artifactLocation: { uri: file }, region: { startLine: line, startColumn: column } } },
  ],
})

/** Findings in the form that code scanners read (OASIS, Static Analysis Results Interchange Format 2.1.0). */
export const sarifOf = (findings: readonly Finding[], { name, version }: SarifTool): object => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          name,
          version,
          rules: Object.entries(lintRules).map(([id, text]) => ({ id, shortDescription: { text } })),
        },
      },
      results: findings.map(resultOf),
    },
  ],
})
