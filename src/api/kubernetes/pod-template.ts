import * as z from 'zod'
import type { GoTypes } from '../../lib/go-json.ts'
import { podTemplateTypes } from '../pod-template-hash.ts'
import { shapeFaultsOf } from './go-shape.ts'
import type { PodTemplateSpec } from './pod.ts'
import type { JobSpec } from './workloads.ts'

/** The fields of a Job that we read; all others are kept as they are. */
const types: GoTypes = {
  ...podTemplateTypes,
  JobSpec: [
    ['template', '#PodTemplateSpec', ''],
    ['backoffLimit', '*int', ''],
    ['activeDeadlineSeconds', '*int', ''],
    ['parallelism', '*int', ''],
    ['completions', '*int', ''],
    ['suspend', '*bool', ''],
    ['ttlSecondsAfterFinished', '*int', ''],
  ],
}

/**
 * A schema that asks for the shape of a type of Kubernetes. In the CRDs it stands for Kubernetes' own schema; here it
 * makes sure that what reads the object meets lists where lists belong. The rules are those of `validation/pod-template`.
 */
const kubernetesType = <T>(name: 'PodTemplateSpec' | 'JobSpec') =>
  z
    .custom<T>()
    .superRefine((value, context) => {
      for (const fault of shapeFaultsOf(types, `#${name}`, value)) {
        context.addIssue({
          code: 'custom',
          path: [...fault.path],
          input: fault.value,
          message: fault.message,
          params: { showsValue: fault.showsValue },
        })
      }
    })
    .meta({ 'x-kubernetes-schema-of': name })

/** A pod template (Kubernetes API, `core/v1.PodTemplateSpec`). */
export const podTemplateSpec = kubernetesType<PodTemplateSpec>('PodTemplateSpec')

/** What a Job runs (Kubernetes API, `batch/v1.JobSpec`). */
export const jobSpec = kubernetesType<JobSpec>('JobSpec')
