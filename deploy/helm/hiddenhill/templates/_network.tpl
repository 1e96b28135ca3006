{{/* The pods of some components: (dict "root" $ "components" (list "gateway")); no components: all. */}}
{{- define "hiddenhill.pods" -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: hiddenhill
    app.kubernetes.io/instance: {{ .root.Release.Name }}
  {{- with .components }}
  matchExpressions:
    - {key: app.kubernetes.io/component, operator: In, values: {{ toJson . }}}
  {{- end }}
{{- end }}

{{/* One TCP port, or several. */}}
{{- define "hiddenhill.ports" -}}
ports:
  {{- range . }}
  - {port: {{ . }}, protocol: TCP}
  {{- end }}
{{- end }}

{{/* A policy that allows: (dict "root" $ "name" "database" "components" list "ingress" rules "egress" rules); rules are
YAML lists. */}}
{{- define "hiddenhill.allow" -}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
{{ include "hiddenhill.metadata" (dict "root" .root "component" "network" "name" (printf "allow-%s" .name)) }}
spec:
  {{- include "hiddenhill.pods" . | nindent 2 }}
  policyTypes: [{{ hasKey . "ingress" | ternary "Ingress" "Egress" }}]
  {{ hasKey . "ingress" | ternary "ingress" "egress" }}:
    {{- .ingress | default .egress | trim | nindent 4 }}
{{- end }}

{{/* One rule: (dict "ports" list "side" "to" "peers" list); no peers: anybody. */}}
{{- define "hiddenhill.rule" -}}
- {{ include "hiddenhill.ports" .ports | nindent 2 | trim }}
  {{- with .peers }}
  {{ $.side }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Everything but private and reserved networks. */}}
{{- define "hiddenhill.internet" -}}
- ipBlock:
    cidr: 0.0.0.0/0
    except: [0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
- ipBlock:
    cidr: ::/0
    except: ["::1/128", "fc00::/7", "fe80::/10"]
{{- end }}
