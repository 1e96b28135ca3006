{{/* A container's variables: the chart's, as a YAML list, and over them those of maps, of which the later win:
(dict "own" text "over" (list map map)). */}}
{{- define "hiddenhill.env" -}}
{{- $over := dict -}}
{{- range .over }}{{ range $name, $value := . }}{{ $_ := set $over $name $value }}{{ end }}{{ end -}}
{{- $all := list -}}
{{- range fromYamlArray .own }}{{ if not (hasKey $over .name) }}{{ $all = append $all . }}{{ end }}{{ end -}}
{{- range $name, $value := $over }}
{{- /* Helm reads 100000000 as a float, which would be printed as 1e+08. */}}
{{- $all = append $all (dict "name" $name "value" (kindIs "string" $value | ternary $value (toJson $value))) -}}
{{- end -}}
env:
  {{- toYaml $all | nindent 2 }}
{{- end }}

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

{{/* Where bus, store and collector are: for every service. */}}
{{- define "hiddenhill.serversEnv" -}}
{{- $servers := include "hiddenhill.serversSecretName" . -}}
{{- $trial := .Values.trial.enabled -}}
{{- $keys := .Values.s3.existingSecret | default $servers -}}
{{- if $trial }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_NATS_URL" "secret" $servers "key" "nats-url") }}
{{- else if .Values.nats.existingSecret }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_NATS_URL" "secret" .Values.nats.existingSecret "key" "url") }}
{{- else }}
- name: HIDDENHILL_NATS_URL
  value: {{ .Values.nats.url | quote }}
{{- end }}
- name: HIDDENHILL_STREAM_REPLICAS
  value: {{ $trial | ternary 1 .Values.nats.replicas | quote }}
- name: HIDDENHILL_STREAM_MAX_AGE_DAYS
  value: {{ .Values.nats.maxAgeDays | quote }}
- name: HIDDENHILL_S3_ENDPOINT
  value: {{ $trial | ternary (printf "%s-trial-s3:9000" (include "hiddenhill.name" .)) .Values.s3.endpoint | quote }}
- name: HIDDENHILL_S3_BUCKET
  value: {{ .Values.s3.bucket | quote }}
- name: HIDDENHILL_S3_REGION
  value: {{ .Values.s3.region | quote }}
- name: HIDDENHILL_S3_SECURE
  value: {{ $trial | ternary false .Values.s3.secure | quote }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_S3_ACCESS_KEY" "secret" ($trial | ternary $servers $keys) "key" "access-key") }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_S3_SECRET_KEY" "secret" ($trial | ternary $servers $keys) "key" "secret-key") }}
- name: HIDDENHILL_LOG_LEVEL
  value: {{ .Values.telemetry.logLevel | quote }}
- name: HIDDENHILL_OTLP_ENDPOINT
  value: {{ .Values.telemetry.otlpEndpoint | quote }}
{{- with include "hiddenhill.authorities" . }}
{{- /* gRPC reads no SSL_CERT_FILE. */}}
- name: OTEL_EXPORTER_OTLP_CERTIFICATE
  value: {{ . }}
{{- end }}
- name: HIDDENHILL_TRACE_RATIO
  value: {{ .Values.telemetry.sampleRatio | quote }}
- name: HIDDENHILL_METRICS_LISTEN
  value: {{ empty .Values.metrics.port | ternary "" (printf "0.0.0.0:%v" .Values.metrics.port) | quote }}
{{- with .Values.telemetry.sentrySecret }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_SENTRY_DSN" "secret" . "key" "dsn") }}
{{- end }}
{{ include "hiddenhill.homeEnv" . }}
{{- end }}

{{/* The one folder that can be written to. */}}
{{- define "hiddenhill.homeEnv" -}}
- name: TMPDIR
  value: /tmp
- name: HOME
  value: /tmp
{{- with include "hiddenhill.authorities" . }}
- name: SSL_CERT_FILE
  value: {{ . }}
{{- end }}
{{- end }}

{{- define "hiddenhill.postgresEnv" -}}
{{- $own := and .Values.postgresql.existingSecret (not .Values.trial.enabled) -}}
{{- $secret := ternary .Values.postgresql.existingSecret (include "hiddenhill.serversSecretName" .) (not (empty $own)) -}}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_POSTGRES_URL" "secret" $secret "key" (empty $own | ternary "postgresql-url" "url")) }}
{{- with include "hiddenhill.authorities" . }}
{{- /* Nor does libpq; what the address says of it comes first. */}}
- name: PGSSLROOTCERT
  value: {{ . }}
{{- end }}
{{- end }}

{{/* How long things are kept: for the ledger, and for who sweeps. */}}
{{- define "hiddenhill.retentionEnv" -}}
- name: HIDDENHILL_KEEP_DAYS
  value: {{ .Values.retention.keepDays | toJson | quote }}
- name: HIDDENHILL_KEEP_ANSWERS_DAYS
  value: {{ .Values.retention.keepAnswersDays | toJson | quote }}
- name: HIDDENHILL_TRACE_DAYS
  value: {{ .Values.retention.traceDays | toJson | quote }}
{{- end }}

{{/* What the gateway and its ledger know besides. */}}
{{- define "hiddenhill.gatewayEnv" -}}
{{- $secret := include "hiddenhill.secretName" . -}}
{{- $hosts := list (printf "%s-gateway" (include "hiddenhill.name" .)) .Values.gateway.allowedHosts -}}
{{- if .Values.httpRoute.enabled }}{{ $hosts = concat $hosts .Values.httpRoute.hostnames }}{{ end -}}
{{- if .Values.ingress.enabled }}{{ $hosts = append $hosts .Values.ingress.host }}{{ end -}}
{{ include "hiddenhill.serversEnv" . }}
{{ include "hiddenhill.postgresEnv" . }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_SECRET_KEY" "secret" $secret "key" "secret-key") }}
{{- range list "previous-secret-keys" "keys-secret" "access-code" "admin-code" "smtp-url" }}
{{ include "hiddenhill.fromSecret" (dict "name" (printf "HIDDENHILL_%s" (. | upper | replace "-" "_")) "secret" $secret "key" . "optional" true) }}
{{- end }}
- name: HIDDENHILL_PUBLIC_URL
  value: {{ .Values.gateway.publicUrl | quote }}
- name: HIDDENHILL_ALLOWED_HOSTS
  value: {{ $hosts | compact | uniq | join "," | quote }}
- name: HIDDENHILL_TRUSTED_PROXIES
  value: {{ .Values.gateway.trustedProxies | quote }}
- name: HIDDENHILL_MONEY_A_DAY
  value: {{ .Values.gateway.moneyADay | toJson | quote }}
- name: HIDDENHILL_JOBS_A_DAY
  value: {{ .Values.gateway.jobsADay | toJson | quote }}
- name: HIDDENHILL_MINUTES_A_DAY
  value: {{ .Values.gateway.minutesADay | toJson | quote }}
- name: HIDDENHILL_RPC_LISTEN
  value: "0.0.0.0:9090"
{{ include "hiddenhill.retentionEnv" . }}
{{- end }}

{{/* What a stage's worker knows besides: (dict "root" $ "stage" values). */}}
{{- define "hiddenhill.stageEnv" -}}
{{ include "hiddenhill.serversEnv" .root }}
- name: HIDDENHILL_GRPC_LISTEN
  value: "0.0.0.0:50051"
- name: HIDDENHILL_STAGES
  value: {{ join "," .stage.stages | quote }}
- name: HIDDENHILL_SLOTS
  value: {{ .stage.slots | quote }}
- name: HIDDENHILL_GRACE
  value: {{ .stage.grace | toJson | quote }}
{{- if .stage.providers }}
{{- with .root.Values.providers.existingSecret }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_GEMINI_API_KEY" "secret" . "key" "gemini-api-key" "optional" true) }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_RUNWAY_API_KEY" "secret" . "key" "runway-api-key" "optional" true) }}
{{- end }}
{{ include "hiddenhill.fromSecret" (dict "name" "HIDDENHILL_KEYS_SECRET" "secret" (include "hiddenhill.secretName" .root) "key" "keys-secret" "optional" true) }}
{{- end }}
{{- end }}
