{{/* Names, labels and images. */}}
{{- define "hiddenhill.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "hiddenhill.labels" -}}
app.kubernetes.io/name: hiddenhill
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels by which a component's pods are found: (dict "root" $ "component" "gateway"). */}}
{{- define "hiddenhill.selector" -}}
app.kubernetes.io/name: hiddenhill
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The image of a service: (dict "root" $ "service" "renderer"). */}}
{{- define "hiddenhill.image" -}}
{{- $image := .root.Values.image -}}
{{- $name := printf "%s-%s" $image.repository .service -}}
{{- if $image.registry -}}{{- $name = printf "%s/%s" (trimSuffix "/" $image.registry) $name -}}{{- end -}}
{{- with get ($image.digests | default dict) .service -}}
{{ $name }}@{{ . }}
{{- else -}}
{{ $name }}:{{ $image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "hiddenhill.secretName" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "hiddenhill.name" .)) -}}
{{- end }}

{{- define "hiddenhill.serversSecretName" -}}
{{- printf "%s-servers" (include "hiddenhill.name" .) -}}
{{- end }}
