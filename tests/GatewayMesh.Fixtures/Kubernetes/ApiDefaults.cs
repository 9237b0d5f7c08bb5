using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Fields that the API server adds to new and changed objects.</summary>
internal static class ApiDefaults
{
    private const string Gateway = "gateway.networking.k8s.io";

    /// <summary>Adds the defaults of a kind.</summary>
    public static void Apply(ApiStore store, ApiKind kind, JsonObject json)
    {
        switch (kind.Plural)
        {
            case "services":
                Service(store, kind, json);
                break;
            case "pods":
                Pod(json);
                break;
            case "namespaces":
                Namespace(json);
                break;
            case "httproutes" or "grpcroutes" or "tcproutes" or "tlsroutes":
                Route(kind, json);
                break;
            case "gatewayclasses":
                Conditions(json, "Accepted");
                break;
            case "gateways":
                Listeners(json);
                Conditions(json, "Accepted", "Programmed");
                break;
            case "servicepolicies" or "authorizationpolicies":
                foreach (var target in List(json["spec"]?["targetRefs"]))
                {
                    Set(target, "group", "");
                }

                break;
            case "mutatingwebhookconfigurations":
                Webhooks(json);
                break;
            case "events":
                Set(json, "deprecatedSource", new JsonObject());
                json["deprecatedFirstTimestamp"] = null;
                json["deprecatedLastTimestamp"] = null;
                break;
            default:
                break;
        }
    }

    /// <summary>The objects of a list; none if it is absent.</summary>
    public static IEnumerable<JsonObject> List(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>Mounts the account's token into every container that does not have it, as the ServiceAccount plugin does.</summary>
    public static bool MountToken(JsonObject pod)
    {
        var spec = pod["spec"]!.AsObject();
        if (spec["automountServiceAccountToken"] is JsonValue automount && !(bool)automount)
        {
            return false;
        }

        const string Path = "/var/run/secrets/kubernetes.io/serviceaccount";
        if (spec["volumes"] is not JsonArray volumes)
        {
            spec["volumes"] = volumes = [];
        }

        var name = volumes.Select(volume => (string)volume!["name"]!)
            .FirstOrDefault(volume => volume.StartsWith("kube-api-access-", StringComparison.Ordinal));
        if (name is null)
        {
            name = "kube-api-access-bb222";
            volumes.Add(JsonNode.Parse(
                $$$"""{"name":"{{{name}}}","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}"""));
        }

        var changed = false;
        foreach (var container in List(spec["containers"]).Concat(List(spec["initContainers"])))
        {
            if (!List(container["volumeMounts"]).Any(mount => (string?)mount["mountPath"] == Path))
            {
                var mounts = container["volumeMounts"] as JsonArray;
                if (mounts is null)
                {
                    container["volumeMounts"] = mounts = [];
                }

                mounts.Add(new JsonObject { ["name"] = name, ["readOnly"] = true, ["mountPath"] = Path });
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>Defaults of a container, also of one that a webhook added.</summary>
    public static void Container(JsonObject container)
    {
        Set(container, "resources", new JsonObject());
        Set(container, "terminationMessagePath", "/dev/termination-log");
        Set(container, "terminationMessagePolicy", "File");
        Set(container, "imagePullPolicy", "IfNotPresent");
        foreach (var port in List(container["ports"]))
        {
            Set(port, "protocol", "TCP");
        }

        foreach (var variable in List(container["env"]))
        {
            if (variable["valueFrom"]?["fieldRef"] is JsonObject field)
            {
                Set(field, "apiVersion", "v1");
            }
        }

        foreach (var probe in new[] { "livenessProbe", "readinessProbe", "startupProbe" }.Select(name => container[name]).OfType<JsonObject>())
        {
            Set(probe, "timeoutSeconds", 1);
            Set(probe, "periodSeconds", 10);
            Set(probe, "successThreshold", 1);
            Set(probe, "failureThreshold", 3);
            if (probe["httpGet"] is JsonObject get)
            {
                Set(get, "scheme", "HTTP");
            }
        }
    }

    private static void Service(ApiStore store, ApiKind kind, JsonObject json)
    {
        var spec = Section(json, "spec");
        foreach (var port in List(spec["ports"]))
        {
            Set(port, "protocol", "TCP");
            Set(port, "targetPort", port["port"]?.DeepClone());
        }

        Set(spec, "type", "ClusterIP");
        Set(spec, "sessionAffinity", "None");
        Set(Section(json, "status"), "loadBalancer", new JsonObject());
        if ((string?)spec["type"] == "ExternalName")
        {
            return;
        }

        Set(spec, "clusterIP", $"10.96.1.{store.Snapshot(kind).Count + 1}");
        Set(spec, "clusterIPs", new JsonArray((string?)spec["clusterIP"]));
        Set(spec, "ipFamilies", new JsonArray("IPv4"));
        Set(spec, "ipFamilyPolicy", "SingleStack");
        Set(spec, "internalTrafficPolicy", "Cluster");
    }

    private static void Pod(JsonObject json)
    {
        var spec = Section(json, "spec");
        foreach (var container in List(spec["containers"]).Concat(List(spec["initContainers"])))
        {
            Container(container);
        }

        foreach (var projected in List(spec["volumes"]).Select(volume => volume["projected"]).OfType<JsonObject>())
        {
            Set(projected, "defaultMode", 420);
        }

        Set(spec, "restartPolicy", "Always");
        Set(spec, "terminationGracePeriodSeconds", 30);
        Set(spec, "dnsPolicy", "ClusterFirst");
        Set(spec, "serviceAccountName", "default");
        Set(spec, "serviceAccount", spec["serviceAccountName"]!.DeepClone());
        Set(spec, "securityContext", new JsonObject());
        Set(spec, "schedulerName", "default-scheduler");
        Set(spec, "tolerations", new JsonArray(
        [
            .. new[] { "not-ready", "unreachable" }.Select(taint => new JsonObject
            {
                ["key"] = $"node.kubernetes.io/{taint}",
                ["operator"] = "Exists",
                ["effect"] = "NoExecute",
                ["tolerationSeconds"] = 300,
            }),
        ]));
        Set(spec, "priority", 0);
        Set(spec, "enableServiceLinks", true);
        Set(spec, "preemptionPolicy", "PreemptLowerPriority");
    }

    private static void Namespace(JsonObject json)
    {
        var meta = json["metadata"]!.AsObject();
        Set(Section(meta, "labels"), "kubernetes.io/metadata.name", meta["name"]!.DeepClone());
        Set(Section(json, "spec"), "finalizers", new JsonArray("kubernetes"));
        Set(Section(json, "status"), "phase", "Active");
    }

    private static void Route(ApiKind kind, JsonObject json)
    {
        var spec = Section(json, "spec");
        foreach (var parent in List(spec["parentRefs"]))
        {
            Set(parent, "group", Gateway);
            Set(parent, "kind", "Gateway");
        }

        foreach (var rule in List(spec["rules"]))
        {
            foreach (var backend in List(rule["backendRefs"]).Concat(List(rule["filters"]).Select(filter => filter["requestMirror"]?["backendRef"]).OfType<JsonObject>()))
            {
                Set(backend, "group", "");
                Set(backend, "kind", "Service");
            }

            foreach (var backend in List(rule["backendRefs"]))
            {
                Set(backend, "weight", 1);
            }

            if (kind.Plural == "httproutes")
            {
                Matches(rule);
            }
            else if (kind.Plural == "grpcroutes")
            {
                foreach (var match in List(rule["matches"]))
                {
                    Types(match["method"] as JsonObject is { } method ? [method] : []);
                    Types(List(match["headers"]));
                }
            }
        }
    }

    private static void Matches(JsonObject rule)
    {
        Set(rule, "matches", new JsonArray(new JsonObject()));
        foreach (var match in List(rule["matches"]))
        {
            var path = Section(match, "path");
            Set(path, "type", "PathPrefix");
            Set(path, "value", "/");
            Types(List(match["headers"]));
            Types(List(match["queryParams"]));
        }
    }

    private static void Types(IEnumerable<JsonObject> matches)
    {
        foreach (var match in matches)
        {
            Set(match, "type", "Exact");
        }
    }

    private static void Listeners(JsonObject json)
    {
        foreach (var listener in List(json["spec"]?["listeners"]))
        {
            Set(Section(Section(listener, "allowedRoutes"), "namespaces"), "from", "Same");
            if (listener["tls"] is JsonObject tls)
            {
                Set(tls, "mode", "Terminate");
                foreach (var certificate in List(tls["certificateRefs"]))
                {
                    Set(certificate, "group", "");
                    Set(certificate, "kind", "Secret");
                }
            }
        }
    }

    private static void Conditions(JsonObject json, params string[] types)
    {
        var status = Section(json, "status");
        if (status["conditions"] is null)
        {
            status["conditions"] = new JsonArray([
                .. types.Select(type => new JsonObject
                {
                    ["type"] = type,
                    ["status"] = "Unknown",
                    ["reason"] = "Pending",
                    ["message"] = "Waiting for controller",
                    ["lastTransitionTime"] = "1970-01-01T00:00:00Z",
                }),
            ]);
        }
    }

    private static void Webhooks(JsonObject json)
    {
        foreach (var webhook in List(json["webhooks"]))
        {
            Set(webhook, "failurePolicy", "Fail");
            Set(webhook, "matchPolicy", "Equivalent");
            Set(webhook, "namespaceSelector", new JsonObject());
            Set(webhook, "objectSelector", new JsonObject());
            Set(webhook, "timeoutSeconds", 10);
            Set(webhook, "reinvocationPolicy", "Never");
            foreach (var rule in List(webhook["rules"]))
            {
                Set(rule, "scope", "*");
            }

            if (webhook["clientConfig"]?["service"] is JsonObject service)
            {
                Set(service, "port", 443);
            }
        }
    }

    private static JsonObject Section(JsonObject json, string key)
    {
        if (json[key] is not JsonObject section)
        {
            json[key] = section = [];
        }

        return section;
    }

    private static void Set(JsonObject json, string key, JsonNode? value)
    {
        if (json[key] is null)
        {
            json[key] = value;
        }
    }
}
