using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Checks of new and changed objects: those that a mesh can meet, with the texts of the API server.</summary>
internal static partial class ApiChecks
{
    private const string PodFix = "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n";

    /// <summary>Checks that a body can be read as the kind; comes before everything else.</summary>
    public static void Decode(ApiKind kind, JsonObject json)
    {
        if (kind.Plural != "leases")
        {
            return;
        }

        foreach (var key in new[] { "acquireTime", "renewTime" })
        {
            if ((string?)json["spec"]?[key] is { } text && !MicroTime().IsMatch(text))
            {
                throw ApiFailureException.BadRequest(
                    $"Lease in version \"v1\" cannot be handled as a Lease: parsing time \"{text}\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"{text}\"");
            }
        }
    }

    /// <summary>Checks the object alone.</summary>
    public static void Validate(ApiKind kind, JsonObject json)
    {
        var name = (string?)json["metadata"]?["name"] ?? "";
        var causes = kind.Plural switch
        {
            "services" => Service(json, name),
            "httproutes" or "grpcroutes" => Route(json),
            "leases" => Lease(json),
            _ => [],
        };
        if (causes.ToList() is { Count: > 0 } all)
        {
            throw ApiFailureException.Invalid(kind.Group, kind.Kind, name, all);
        }
    }

    /// <summary>Checks a change.</summary>
    public static void ValidateChange(ApiKind kind, JsonObject before, JsonObject after)
    {
        if (kind.Plural == "pods" && !JsonNode.DeepEquals(Immutable(before), Immutable(after)))
        {
            throw ApiFailureException.Invalid("", "Pod", (string)after["metadata"]!["name"]!, [("FieldValueForbidden", PodFix, "spec")]);
        }
    }

    /// <summary>Drops fields that the schema does not have. Returns their paths.</summary>
    public static IReadOnlyList<string> Prune(ApiKind kind, JsonObject json)
    {
        var unknown = new List<string>();
        if (json["spec"] is not JsonObject spec)
        {
            return unknown;
        }

        if (kind.SpecFields.Count > 0)
        {
            foreach (var key in spec.Select(pair => pair.Key).Where(key => !kind.SpecFields.Contains(key)).ToList())
            {
                spec.Remove(key);
                unknown.Add($"spec.{key}");
            }
        }

        // Experimental fields, which the CRDs of the standard channel do not have.
        if (kind.Plural is "httproutes" or "grpcroutes")
        {
            var index = 0;
            foreach (var rule in ApiDefaults.List(spec["rules"]))
            {
                unknown.AddRange(new[] { "retry", "sessionPersistence" }.Where(key => rule.Remove(key)).Select(key =>
                    string.Create(CultureInfo.InvariantCulture, $"spec.rules[{index}].{key}")));
                index++;
            }
        }

        return unknown;
    }

    private static IEnumerable<(string Reason, string Message, string Field)> Service(JsonObject json, string name)
    {
        if (!DnsLabel().IsMatch(name))
        {
            yield return (
                "FieldValueInvalid",
                $"Invalid value: \"{name}\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                "metadata.name");
        }

        var index = 0;
        foreach (var port in ApiDefaults.List(json["spec"]?["ports"]))
        {
            foreach (var key in new[] { "port", "targetPort" })
            {
                if (port[key] is JsonValue value && value.TryGetValue<int>(out var number) && number is < 1 or > 65535)
                {
                    yield return (
                        "FieldValueInvalid",
                        string.Create(CultureInfo.InvariantCulture, $"Invalid value: {number}: must be between 1 and 65535, inclusive"),
                        string.Create(CultureInfo.InvariantCulture, $"spec.ports[{index}].{key}"));
                }
            }

            index++;
        }
    }

    private static IEnumerable<(string Reason, string Message, string Field)> Route(JsonObject json)
    {
        var ruleIndex = 0;
        foreach (var rule in ApiDefaults.List(json["spec"]?["rules"]))
        {
            var index = 0;
            foreach (var backend in ApiDefaults.List(rule["backendRefs"]))
            {
                if ((string?)backend["kind"] == "Service" && (string?)backend["group"] == "" && backend["port"] is null)
                {
                    yield return (
                        "FieldValueInvalid",
                        "Invalid value: Must have port for Service reference",
                        string.Create(CultureInfo.InvariantCulture, $"spec.rules[{ruleIndex}].backendRefs[{index}]"));
                }

                index++;
            }

            ruleIndex++;
        }
    }

    private static IEnumerable<(string Reason, string Message, string Field)> Lease(JsonObject json)
    {
        if (json["spec"]?["leaseDurationSeconds"] is JsonValue duration && (int)duration <= 0)
        {
            yield return (
                "FieldValueInvalid",
                string.Create(CultureInfo.InvariantCulture, $"Invalid value: {(int)duration}: must be greater than 0"),
                "spec.leaseDurationSeconds");
        }
    }

    private static JsonObject Immutable(JsonObject pod)
    {
        var spec = pod["spec"]!.DeepClone().AsObject();
        foreach (var container in ApiDefaults.List(spec["containers"]).Concat(ApiDefaults.List(spec["initContainers"])))
        {
            container.Remove("image");
        }

        foreach (var key in new[] { "activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds" })
        {
            spec.Remove(key);
        }

        return spec;
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$")]
    private static partial Regex MicroTime();
}
