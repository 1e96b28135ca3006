{{/* A Deployment and its PodDisruptionBudget. With `root`, `component` and `name`: `service` (the image), `own` (its
values), `env` (a YAML list), `ports` (names and numbers; grpc answers the probes), `grace` (seconds from SIGTERM to
SIGKILL), and, where wished, `replicas`, `readiness` and `liveness` (probes), `preStop` (a command), `mounts`. */}}
{{- define "hiddenhill.workload" -}}
{{- $root := .root -}}
{{- $ports := .ports -}}
{{- if $root.Values.metrics.port }}{{ $ports = merge (dict "metrics" $root.Values.metrics.port) .ports }}{{ end -}}
apiVersion: apps/v1
kind: Deployment
{{ include "hiddenhill.metadata" . }}
spec:
  {{- if hasKey . "replicas" }}
  replicas: {{ .replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "hiddenhill.selector" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 25%
  template:
    metadata:
      labels:
        {{- include "hiddenhill.labels" . | nindent 8 }}
      {{- with .own.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "hiddenhill.name" $root }}
      {{- include "hiddenhill.podSecurity" $root | nindent 6 }}
      terminationGracePeriodSeconds: {{ .grace }}
      {{- with include "hiddenhill.placement" . }}
      {{- . | trim | nindent 6 }}
      {{- end }}
      containers:
        - name: {{ .service }}
          {{- include "hiddenhill.container" . | nindent 10 }}
          ports:
            {{- range $name, $port := $ports }}
            - name: {{ $name }}
              containerPort: {{ $port }}
            {{- end }}
          {{- include "hiddenhill.env" (dict "own" .env "over" (list $root.Values.env .own.env)) | nindent 10 }}
          {{- with .own.envSecret }}
          envFrom:
            - secretRef:
                name: {{ . }}
          {{- end }}
          {{- $alive := .liveness | default (dict "grpc" (dict "port" .ports.grpc)) }}
          startupProbe:
            {{- toYaml $alive | nindent 12 }}
            periodSeconds: 2
            failureThreshold: 90
          readinessProbe:
            {{- .readiness | default (dict "grpc" (dict "port" .ports.grpc)) | toYaml | nindent 12 }}
            periodSeconds: 5
          livenessProbe:
            {{- toYaml $alive | nindent 12 }}
            periodSeconds: 20
            failureThreshold: 6
          {{- with .preStop }}
          lifecycle:
            preStop:
              exec:
                command: {{ toJson . }}
          {{- end }}
          resources:
            {{- toYaml .own.resources | nindent 12 }}
      {{- include "hiddenhill.volumes" (dict "root" $root "size" .own.scratch "mounts" .mounts) | nindent 6 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
{{ include "hiddenhill.metadata" . }}
spec:
  maxUnavailable: {{ $root.Values.pdb.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "hiddenhill.selector" . | nindent 6 }}
{{- end }}
