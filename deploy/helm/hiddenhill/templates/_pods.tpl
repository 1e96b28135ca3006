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

{{/* What all containers have in common, with the scratch folder, which is all that they can write to:
(dict "root" $ "service" "gateway"). */}}
{{- define "hiddenhill.container" -}}
image: {{ include "hiddenhill.image" . | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
volumeMounts:
  - name: scratch
    mountPath: /tmp
{{- end }}

{{/* A limit such as 2Gi. */}}
{{- define "hiddenhill.volumes" -}}
volumes:
  - name: scratch
    emptyDir:
      sizeLimit: {{ . }}
{{- end }}

{{/* Where pods run, apart from each other: (dict "root" $ "component" "gateway" "own" values). */}}
{{- define "hiddenhill.placement" -}}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with get $.own $key }}
{{ dict $key . | toYaml }}
{{- end }}
{{- end }}
{{- if .root.Values.topologySpread.enabled }}
topologySpreadConstraints:
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    matchLabelKeys: [pod-template-hash]
    labelSelector:
      matchLabels:
        {{- include "hiddenhill.selector" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}
