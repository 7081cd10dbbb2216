{{- define "crossfade.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for what is put behind it. */}}
{{- define "crossfade.fullname" -}}
{{- $name := include "crossfade.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "crossfade.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "crossfade.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "crossfade.selectorLabels" -}}
app.kubernetes.io/name: {{ include "crossfade.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end -}}

{{- define "crossfade.labels" -}}
{{ include "crossfade.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "crossfade.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* Where the configuration of plugins is, and the Secrets with which they are asked. */}}
{{- define "crossfade.configNamespace" -}}
{{- index .Values.flags "config-map-namespace" | default .Release.Namespace -}}
{{- end -}}

{{- define "crossfade.configName" -}}
{{- index .Values.flags "config-map-name" | default "argo-rollouts-config" -}}
{{- end -}}

{{- define "crossfade.subjects" -}}
- kind: ServiceAccount
  name: {{ include "crossfade.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
