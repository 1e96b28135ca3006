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

{{/* Path of the authorities in a pod, where there are own ones. */}}
{{- define "hiddenhill.authorities" -}}
{{- with .Values.caBundle }}{{ if or .configMap .secret }}/etc/hiddenhill/authorities/{{ .key }}{{ end }}{{ end -}}
{{- end }}

{{/* What all containers have in common, with the scratch folder, which is all that they can write to:
(dict "root" $ "service" "gateway"), and, where wished, `mounts`: secrets by the folder that they are shown in. */}}
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
  {{- if include "hiddenhill.authorities" .root }}
  - name: authorities
    mountPath: /etc/hiddenhill/authorities
    readOnly: true
  {{- end }}
  {{- range $folder, $_ := .mounts }}
  - name: {{ base $folder }}
    mountPath: {{ $folder }}
    readOnly: true
  {{- end }}
{{- end }}

{{/* (dict "root" $ "size" "2Gi" "mounts" map): see hiddenhill.container. */}}
{{- define "hiddenhill.volumes" -}}
volumes:
  - name: scratch
    emptyDir:
      sizeLimit: {{ .size }}
  {{- with .root.Values.caBundle }}
  {{- if .configMap }}
  - name: authorities
    configMap:
      name: {{ .configMap }}
  {{- else if .secret }}
  - name: authorities
    secret:
      secretName: {{ .secret }}
  {{- end }}
  {{- end }}
  {{- range $folder, $secret := .mounts }}
  - name: {{ base $folder }}
    secret:
      secretName: {{ $secret }}
      defaultMode: 0440
  {{- end }}
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
