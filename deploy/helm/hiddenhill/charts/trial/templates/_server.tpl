{{/* Labels of a server's objects: (dict "root" $ "server" "nats"). The parent's policies find its pods by them. */}}
{{- define "trial.selector" -}}
app.kubernetes.io/name: hiddenhill
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: trial-{{ .server }}
{{- end }}

{{- define "trial.metadata" -}}
metadata:
  name: {{ .root.Release.Name | trunc 40 | trimSuffix "-" }}-trial-{{ .server }}{{ with .suffix }}-{{ . }}{{ end }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "trial.selector" . | nindent 4 }}
    app.kubernetes.io/managed-by: {{ .root.Release.Service }}
    helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* A Service and a StatefulSet of one pod with one volume. With `root` and `server`: `user` and `port` (numbers), `data`
(a path), and, where wished, `monitoring` (a port), `args`, `env`, `mounts`, `volumes` (lists). */}}
{{- define "trial.server" -}}
{{- $image := get .root.Values.images .server -}}
{{- with .root.Values.registry }}{{ $image = printf "%s/%s" (trimSuffix "/" .) $image }}{{ end -}}
apiVersion: v1
kind: Service
{{ include "trial.metadata" . }}
spec:
  selector:
    {{- include "trial.selector" . | nindent 4 }}
  ports:
    - {name: {{ .server }}, port: {{ .port }}}
---
apiVersion: apps/v1
kind: StatefulSet
{{ include "trial.metadata" . }}
spec:
  serviceName: {{ .root.Release.Name | trunc 40 | trimSuffix "-" }}-trial-{{ .server }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "trial.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "trial.selector" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 30
      {{- with .root.Values.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ .user }}
        runAsGroup: {{ .user }}
        fsGroup: {{ .user }}
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: {{ .server }}
          image: {{ $image | quote }}
          imagePullPolicy: IfNotPresent
          {{- with .args }}
          args: {{ toJson . }}
          {{- end }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            capabilities: {drop: [ALL]}
            seccompProfile: {type: RuntimeDefault}
          env:
            - name: PASSWORD
              valueFrom:
                secretKeyRef: {name: {{ .root.Release.Name | trunc 40 | trimSuffix "-" }}-servers, key: password}
            {{- range .env }}
            - {{ toJson . }}
            {{- end }}
          ports:
            - {name: {{ .server }}, containerPort: {{ .port }}}
            {{- with .monitoring }}
            - {name: monitoring, containerPort: {{ . }}}
            {{- end }}
          readinessProbe:
            tcpSocket: {port: {{ .server }}}
            periodSeconds: 3
          livenessProbe:
            tcpSocket: {port: {{ .server }}}
            periodSeconds: 20
          resources:
            {{- toYaml .root.Values.resources | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: {{ .data }}}
            - {name: scratch, mountPath: /tmp}
            {{- range .mounts }}
            - {{ toJson . }}
            {{- end }}
      volumes:
        - {name: scratch, emptyDir: {sizeLimit: 1Gi}}
        {{- range .volumes }}
        - {{ toJson . }}
        {{- end }}
  volumeClaimTemplates:
    - metadata:
        name: data
        labels:
          {{- include "trial.selector" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .root.Values.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources: {requests: {storage: {{ .root.Values.storage }}}}
{{- end }}
