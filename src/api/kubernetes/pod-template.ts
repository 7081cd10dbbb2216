import { z } from 'zod'
import type { PodTemplateSpec } from './pod.ts'
import type { JobSpec } from './workloads.ts'

const isObject = (value: unknown): boolean => value !== null && typeof value === 'object' && !Array.isArray(value)

/** A pod template. In the CRDs it carries Kubernetes' own schema; its rules are those of `validation/pod-template`. */
export const podTemplateSpec = z
  .custom<PodTemplateSpec>(isObject, 'must be an object')
  .meta({ 'x-kubernetes-schema-of': 'PodTemplateSpec' })

/** A Job's specification. In the CRDs it carries Kubernetes' own schema. */
export const jobSpec = z.custom<JobSpec>(isObject, 'must be an object').meta({ 'x-kubernetes-schema-of': 'JobSpec' })
