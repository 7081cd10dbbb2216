import type { GoTypes } from '../../lib/go-json.ts'

/**
 * The published Go structs behind a canary step, in declaration order: what `status.currentStepHash` is made of.
 * New fields of ours must not be added here, or every adopted Rollout would seem to have new steps.
 */
export const canaryStepFields: GoTypes = {
  CanaryStep: [
    ['setWeight', '*int', 'empty'],
    ['pause', '*#RolloutPause', 'empty'],
    ['experiment', '*#RolloutExperimentStep', 'empty'],
    ['analysis', '*#RolloutAnalysis', 'empty'],
    ['setCanaryScale', '*#SetCanaryScale', 'empty'],
    ['setHeaderRoute', '*#SetHeaderRoute', 'empty'],
    ['setMirrorRoute', '*#SetMirrorRoute', 'empty'],
    ['plugin', '*#PluginStep', 'empty'],
  ],
  RolloutPause: [['duration', '*intOrString', 'empty']],
  SetCanaryScale: [
    ['weight', '*int', 'empty'],
    ['replicas', '*int', 'empty'],
    ['matchTrafficWeight', 'bool', 'empty'],
  ],
  RolloutAnalysis: [
    ['templates', '[]#TemplateRef', 'empty'],
    ['args', '[]#RunArgument', 'empty'],
    ['dryRun', '[]#DryRun', 'empty'],
    ['measurementRetention', '[]#MeasurementRetention', 'empty'],
    ['analysisRunMetadata', '*#RunMetadata', 'empty'],
  ],
  TemplateRef: [
    ['templateName', 'string', ''],
    ['clusterScope', 'bool', 'empty'],
  ],
  RunArgument: [
    ['name', 'string', ''],
    ['value', 'string', 'empty'],
    ['valueFrom', '*#ArgumentValueFrom', 'empty'],
  ],
  ArgumentValueFrom: [
    ['podTemplateHashValue', '*string', 'empty'],
    ['fieldRef', '*#FieldRef', 'empty'],
  ],
  FieldRef: [['fieldPath', 'string', '']],
  DryRun: [['metricName', 'string', '']],
  MeasurementRetention: [
    ['metricName', 'string', ''],
    ['limit', 'int', ''],
  ],
  RunMetadata: [
    ['labels', '{}string', 'empty'],
    ['annotations', '{}string', 'empty'],
  ],
  RolloutExperimentStep: [
    ['templates', '[]#ExperimentTemplate', ''],
    ['duration', 'string', 'empty'],
    ['analyses', '[]#ExperimentAnalysis', 'empty'],
    ['dryRun', '[]#DryRun', 'empty'],
    ['analysisRunMetadata', '#RunMetadata', ''],
    ['scaleDownDelaySeconds', '*int', 'empty'],
  ],
  ExperimentTemplate: [
    ['name', 'string', ''],
    ['specRef', 'string', ''],
    ['replicas', '*int', 'empty'],
    ['metadata', '#RunMetadata', ''],
    ['selector', '*#LabelSelector', 'empty'],
    ['weight', '*int', 'empty'],
    ['service', '*#TemplateService', 'empty'],
  ],
  TemplateService: [['name', 'string', 'empty']],
  ExperimentAnalysis: [
    ['name', 'string', ''],
    ['templateName', 'string', ''],
    ['clusterScope', 'bool', 'empty'],
    ['args', '[]#RunArgument', 'empty'],
    ['requiredForCompletion', 'bool', 'empty'],
  ],
  LabelSelector: [
    ['matchLabels', '{}string', 'empty'],
    ['matchExpressions', '[]#LabelSelectorRequirement', 'empty'],
  ],
  LabelSelectorRequirement: [
    ['key', 'string', ''],
    ['operator', 'string', ''],
    ['values', '[]string', 'empty'],
  ],
  SetHeaderRoute: [
    ['name', 'string', 'empty'],
    ['match', '[]#HeaderRoutingMatch', 'empty'],
  ],
  HeaderRoutingMatch: [
    ['headerName', 'string', ''],
    ['headerValue', '*#StringMatch', ''],
  ],
  StringMatch: [
    ['exact', 'string', 'empty'],
    ['prefix', 'string', 'empty'],
    ['regex', 'string', 'empty'],
  ],
  SetMirrorRoute: [
    ['name', 'string', ''],
    ['match', '[]#RouteMatch', 'empty'],
    ['percentage', '*int', 'empty'],
  ],
  RouteMatch: [
    ['method', '*#StringMatch', 'empty'],
    ['path', '*#StringMatch', 'empty'],
    ['headers', '{}#StringMatch', 'empty'],
  ],
  PluginStep: [
    ['name', 'string', ''],
    ['config', 'raw', 'empty'],
  ],
}
