{{/* What all pods have in common. */}}
{{- define "hiddenhill.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "hiddenhill.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* Pods apart from each other: (dict "root" $ "component" "gateway"). */}}
{{- define "hiddenhill.spread" -}}
{{- if .root.Values.topologySpread.enabled }}
topologySpreadConstraints:
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "hiddenhill.selector" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where pods may run: (dict "own" values "defaults" values). */}}
{{- define "hiddenhill.placement" -}}
{{- $own := .own -}}
{{- $defaults := .defaults | default dict -}}
{{- range $key := list "nodeSelector" "tolerations" "affinity" }}
{{- with get $own $key | default (get $defaults $key) }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* A scratch folder of limited size, the only place that can be written to: a limit such as 2Gi. */}}
{{- define "hiddenhill.scratchVolume" -}}
- name: scratch
  emptyDir:
    sizeLimit: {{ . }}
{{- end }}

{{- define "hiddenhill.scratchMount" -}}
- name: scratch
  mountPath: /tmp
{{- end }}
