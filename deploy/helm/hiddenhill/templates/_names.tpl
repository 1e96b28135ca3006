{{/* Names, labels and images. `root` is the chart's context, `component` what an object belongs to. */}}
{{- define "hiddenhill.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels by which pods are found: (dict "root" $ "component" "gateway"). */}}
{{- define "hiddenhill.selector" -}}
app.kubernetes.io/name: hiddenhill
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "hiddenhill.labels" -}}
{{ include "hiddenhill.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* An object's metadata: (dict "root" $ "component" "gateway" "name" "gateway" "labels" map "annotations" map). */}}
{{- define "hiddenhill.metadata" -}}
metadata:
  name: {{ include "hiddenhill.name" .root }}{{ with .name }}-{{ . }}{{ end }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "hiddenhill.labels" . | nindent 4 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* The image of a service: (dict "root" $ "service" "renderer"). */}}
{{- define "hiddenhill.image" -}}
{{- $image := .root.Values.image -}}
{{- $name := printf "%s-%s" $image.repository .service -}}
{{- if $image.registry -}}{{- $name = printf "%s/%s" (trimSuffix "/" $image.registry) $name -}}{{- end -}}
{{- with get $image.digests .service -}}
{{ $name }}@{{ . }}
{{- else -}}
{{ $name }}:{{ $image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The secret that the services sign and seal with. */}}
{{- define "hiddenhill.secretName" -}}
{{- .Values.secrets.existingSecret | default (printf "%s-secrets" (include "hiddenhill.name" .)) -}}
{{- end }}

{{/* The secret that holds addresses and passwords of servers, where they are in no secret of yours. */}}
{{- define "hiddenhill.serversSecretName" -}}
{{- printf "%s-servers" (include "hiddenhill.name" .) -}}
{{- end }}

{{/* Where KEDA, which lives in another namespace, asks the bus what waits. */}}
{{- define "hiddenhill.monitoring" -}}
{{- $address := .Values.trial.enabled | ternary (printf "%s-trial-nats-headless:8222" (include "hiddenhill.name" .)) .Values.nats.monitoring -}}
{{- regexReplaceAll "^([^.:]+):" $address (printf "${1}.%s.svc:" .Release.Namespace) -}}
{{- end }}
