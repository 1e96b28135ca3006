{{/* One variable from a key of a secret: (dict "name" n "secret" s "key" k "optional" bool). */}}
{{- define "hiddenhill.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{/* Where the servers are, for every service. */}}
{{- define "hiddenhill.serversEnv" -}}
{{- $servers := include "hiddenhill.serversSecretName" . -}}
{{- $trial := .Values.trial.enabled -}}
{{- if or .Values.nats.existingSecret $trial }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_NATS_URL" "secret" (.Values.nats.existingSecret | default $servers) "key" (ternary "nats-url" "url" (empty .Values.nats.existingSecret))) }}
{{- else }}
- name: HIDDENHILL_NATS_URL
  value: {{ .Values.nats.url | quote }}
{{- end }}
- name: HIDDENHILL_STREAM_REPLICAS
  value: {{ .Values.nats.replicas | quote }}
- name: HIDDENHILL_STREAM_MAX_AGE_DAYS
  value: {{ .Values.nats.maxAgeDays | quote }}
- name: HIDDENHILL_S3_ENDPOINT
  value: {{ ternary (printf "%s-trial-s3:9000" (include "hiddenhill.name" .)) .Values.s3.endpoint $trial | quote }}
- name: HIDDENHILL_S3_BUCKET
  value: {{ .Values.s3.bucket | quote }}
- name: HIDDENHILL_S3_REGION
  value: {{ .Values.s3.region | quote }}
- name: HIDDENHILL_S3_SECURE
  value: {{ ternary "false" (toString .Values.s3.secure) $trial | quote }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_S3_ACCESS_KEY" "secret" (.Values.s3.existingSecret | default $servers) "key" "access-key") }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_S3_SECRET_KEY" "secret" (.Values.s3.existingSecret | default $servers) "key" "secret-key") }}
- name: HIDDENHILL_LOG_LEVEL
  value: {{ .Values.telemetry.logLevel | quote }}
- name: HIDDENHILL_OTLP_ENDPOINT
  value: {{ .Values.telemetry.otlpEndpoint | quote }}
- name: HIDDENHILL_TRACE_RATIO
  value: {{ .Values.telemetry.sampleRatio | quote }}
- name: HIDDENHILL_METRICS_LISTEN
  value: {{ empty .Values.metrics.port | ternary "" (printf "0.0.0.0:%v" .Values.metrics.port) | quote }}
{{- with .Values.telemetry.sentrySecret }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_SENTRY_DSN" "secret" . "key" "dsn") }}
{{- end }}
- name: TMPDIR
  value: /tmp
- name: HOME
  value: /tmp
{{- end }}

{{/* Plain variables: a map of names and values. */}}
{{- define "hiddenhill.plainEnv" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* The database and the gateway's secrets. */}}
{{- define "hiddenhill.gatewayEnv" -}}
{{- $secret := include "hiddenhill.secretName" . -}}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_POSTGRES_URL" "secret" (.Values.postgresql.existingSecret | default (include "hiddenhill.serversSecretName" .)) "key" (ternary "url" "postgresql-url" (not (empty .Values.postgresql.existingSecret)))) }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_SECRET_KEY" "secret" $secret "key" "secret-key") }}
{{- range $name, $key := dict "PREVIOUS_SECRET_KEYS" "previous-secret-keys" "KEYS_SECRET" "keys-secret" "ACCESS_CODE" "access-code" "ADMIN_CODE" "admin-code" "SMTP_URL" "smtp-url" }}
{{ include "hiddenhill.fromSecret" (dict "name" (printf "HIDDENHILL_%s" $name) "secret" $secret "key" $key "optional" true) }}
{{- end }}
- name: HIDDENHILL_PUBLIC_URL
  value: {{ .Values.gateway.publicUrl | quote }}
- name: HIDDENHILL_ALLOWED_HOSTS
  value: {{ list (printf "%s-gateway" (include "hiddenhill.name" .)) .Values.gateway.allowedHosts | compact | join "," | quote }}
- name: HIDDENHILL_TRUSTED_PROXIES
  value: {{ .Values.gateway.trustedProxies | quote }}
- name: HIDDENHILL_MONEY_A_DAY
  value: {{ .Values.gateway.moneyADay | quote }}
- name: HIDDENHILL_JOBS_A_DAY
  value: {{ .Values.gateway.jobsADay | quote }}
- name: HIDDENHILL_MINUTES_A_DAY
  value: {{ .Values.gateway.minutesADay | quote }}
{{- end }}

{{/* Keys of paid providers, for the stages that may use them. */}}
{{- define "hiddenhill.providersEnv" -}}
{{- with .Values.providers.existingSecret }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_GEMINI_API_KEY" "secret" . "key" "gemini-api-key" "optional" true) }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_RUNWAY_API_KEY" "secret" . "key" "runway-api-key" "optional" true) }}
{{- end }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_KEYS_SECRET" "secret" (include "hiddenhill.secretName" .) "key" "keys-secret" "optional" true) }}
{{- end }}
