using System.Globalization;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Writes: create, replace, the patches, server-side apply, delete.</summary>
internal sealed class ApiWrites(ApiStore store, ApiAdmission admission)
{
    private const string ApplyType = "application/apply-patch+yaml";

    private static readonly string[] Patches = ["application/json-patch+json", "application/merge-patch+json", ApplyType];

    public async Task<ApiAnswer> CreateAsync(ApiKind kind, ApiCall call, ApiAccount account)
    {
        var json = call.Body();
        CheckKind(kind, json);
        var meta = Metadata(json);
        if (kind.IsNamespaced)
        {
            meta["namespace"] = call.Namespace;
            if (store.Get(store.Find("namespaces", "")!, "", call.Namespace) is null)
            {
                throw ApiFailureException.NotFound(store.Find("namespaces", "")!, call.Namespace);
            }
        }

        var warnings = Prune(kind, call, json);
        if (kind.IsCustom && kind.HasStatus)
        {
            json.Remove("status");
        }

        ApiDefaults.Apply(store, kind, json);
        if (kind.Plural == "pods")
        {
            _ = ApiDefaults.MountToken(json);
            json["status"] = new JsonObject();
            warnings = [.. warnings, .. await admission.MutateAsync(kind, json, call, account).ConfigureAwait(false)];
            ApiDefaults.Apply(store, kind, json);
            json["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = Quality(json) };
        }

        if ((string?)meta["name"] is null && (string?)meta["generateName"] is { } prefix)
        {
            json["metadata"]!["name"] = $"{prefix}{store.Version:x5}";
        }

        ApiChecks.Validate(kind, json);
        return store.Write(() =>
        {
            var name = (string)json["metadata"]!["name"]!;
            if (store.Get(kind, call.Namespace, name) is not null)
            {
                throw ApiFailureException.Exists(kind, name);
            }

            json["metadata"]!.AsObject().Remove("resourceVersion");
            if (kind.HasGeneration)
            {
                json["metadata"]!["generation"] = 1;
            }

            if (call.IsDryRun)
            {
                return new ApiAnswer(201, Dry(kind, json).ToJsonString()) { Warnings = warnings };
            }

            var owners = FieldOwners.None.Taken(new FieldOwner(call.Manager, "", Applied: false), Paths(json));
            return new ApiAnswer(201, store.Put(kind, json, owners).Text) { Warnings = warnings };
        });
    }

    public ApiAnswer Replace(ApiKind kind, ApiCall call)
    {
        var json = call.Body();
        CheckKind(kind, json);
        var warnings = Prune(kind, call, json);
        return store.Write(() =>
        {
            var before = Existing(kind, call);
            var version = (string?)json["metadata"]?["resourceVersion"] ?? "";
            if (version.Length == 0 && kind.NeedsVersion)
            {
                throw ApiFailureException.Invalid(
                    kind.Group, kind.Kind, call.Name, [("FieldValueInvalid", "Invalid value: 0: must be specified for an update", "metadata.resourceVersion")]);
            }

            CheckVersion(kind, call, json, before);
            return Changed(kind, call, before, json, warnings);
        });
    }

    public ApiAnswer Patch(ApiKind kind, ApiCall call)
    {
        if (!Patches.Contains(call.ContentType) && (kind.IsCustom || call.ContentType != "application/strategic-merge-patch+json"))
        {
            throw ApiFailureException.Of(
                415,
                "UnsupportedMediaType",
                $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", Patches)}");
        }

        return call.ContentType == ApplyType ? Apply(kind, call) : store.Write(() =>
        {
            var before = Existing(kind, call);
            var json = before.ToJson();
            if (call.ContentType == "application/json-patch+json")
            {
                PatchJson(kind, call, json);
            }
            else
            {
                var patch = call.Body();
                CheckVersion(kind, call, patch, before);
                JsonChanges.Merge(json, patch);
            }

            return Changed(kind, call, before, json, Prune(kind, call, json));
        });
    }

    public ApiAnswer Delete(ApiKind kind, ApiCall call) => store.Write(() =>
    {
        var before = Existing(kind, call);
        return new ApiAnswer(200, (call.IsDryRun ? before : store.Delete(kind, call.Namespace, call.Name)!).Text);
    });

    private static void PatchJson(ApiKind kind, ApiCall call, JsonObject json)
    {
        try
        {
            JsonChanges.Patch(json, JsonNode.Parse(call.Text)!.AsArray());
        }
        catch (InvalidOperationException failure)
        {
            throw ApiFailureException.Of(
                422, "Invalid", $"the server rejected our request due to an error in our request: {failure.Message}", ApiFailureException.Named(kind, call.Name, kind.Plural));
        }
    }

    private ApiAnswer Apply(ApiKind kind, ApiCall call)
    {
        var manager = call["fieldManager"] ?? throw ApiFailureException.Invalid(
            "meta.k8s.io", "PatchOptions", "", [("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")]);
        var applied = call.Body();
        CheckKind(kind, applied);
        if (applied["apiVersion"] is null || applied["kind"] is null)
        {
            throw ApiFailureException.BadRequest("apply needs apiVersion and kind");
        }

        var warnings = Prune(kind, call, applied);
        return store.Write(() =>
        {
            var owner = new FieldOwner(manager, call.Subresource, Applied: true);
            var before = store.Get(kind, call.Namespace, call.Name);
            if (before is null && call.Subresource.Length > 0)
            {
                throw ApiFailureException.NotFound(kind, call.Name);
            }

            var live = before?.ToJson() ?? Fresh(kind, call);
            var roots = Roots(kind, call, applied);
            var owners = before?.Owners ?? FieldOwners.None;
            if (before is not null)
            {
                CheckVersion(kind, call, applied, before);
            }

            var conflicts = ServerSideApply.Conflicts(live, applied, owner, owners, roots);
            if (conflicts.Count > 0 && call["force"] != "true")
            {
                throw ServerSideApply.Failure(conflicts, kind);
            }

            var paths = roots.SelectMany(root => ServerSideApply.Leaves(applied[root], $".{root}", root)).Select(leaf => leaf.Path).ToList();
            foreach (var path in owners.Of(owner).Except(paths).Where(path => !owners.Others(owner, path).Any()))
            {
                ServerSideApply.Remove(live, path);
            }

            ServerSideApply.Merge(live, new JsonObject(roots.Select(root => KeyValuePair.Create(root, applied[root]?.DeepClone()))));
            if (applied["metadata"]?["labels"] is JsonObject labels && call.Subresource.Length == 0)
            {
                JsonChanges.Merge(live["metadata"]!.AsObject(), new JsonObject { ["labels"] = labels.DeepClone() });
            }

            ApiDefaults.Apply(store, kind, live);
            ApiChecks.Validate(kind, live);
            var taken = owners.Taken(owner, [.. conflicts.Select(conflict => conflict.Path)]).Replaced(owner, paths);
            return Stored(kind, call, before, live, taken, warnings, before is null ? 201 : 200);
        });
    }

    // What a subresource or the object itself may change.
    private ApiAnswer Changed(ApiKind kind, ApiCall call, StoredObject before, JsonObject json, IReadOnlyList<string> warnings)
    {
        var old = before.ToJson();
        var merged = old.DeepClone().AsObject();
        foreach (var key in old.Select(pair => pair.Key).Concat(json.Select(pair => pair.Key)).Distinct().ToList())
        {
            var mayChange = key is not ("metadata" or "kind" or "apiVersion")
                && (!kind.HasStatus || (call.Subresource == "status") == (key == "status"));
            if (mayChange)
            {
                merged.Remove(key);
                if (json.ContainsKey(key))
                {
                    merged[key] = json[key]?.DeepClone();
                }
            }
        }

        if (call.Subresource.Length == 0 && json["metadata"] is JsonObject meta)
        {
            foreach (var key in new[] { "labels", "annotations", "ownerReferences", "finalizers" })
            {
                merged["metadata"]!.AsObject().Remove(key);
                if (meta[key] is { } value)
                {
                    merged["metadata"]![key] = value.DeepClone();
                }
            }
        }

        ApiDefaults.Apply(store, kind, merged);
        ApiChecks.Validate(kind, merged);
        if (call.Subresource.Length == 0)
        {
            ApiChecks.ValidateChange(kind, old, merged);
        }

        var owner = new FieldOwner(call.Manager, call.Subresource, Applied: false);
        return Stored(kind, call, before, merged, before.Owners.Taken(owner, ChangedPaths(old, merged)), warnings, 200);
    }

    private ApiAnswer Stored(
        ApiKind kind, ApiCall call, StoredObject? before, JsonObject json, FieldOwners owners, IReadOnlyList<string> warnings, int code)
    {
        var old = before?.ToJson();
        if (old is not null && JsonNode.DeepEquals(old, json))
        {
            return new ApiAnswer(200, before!.Text) { Warnings = warnings };
        }

        if (kind.HasGeneration && (old is null || !JsonNode.DeepEquals(Specified(old), Specified(json))))
        {
            json["metadata"]!["generation"] = (old is null ? 0 : (long?)old["metadata"]!["generation"] ?? 1) + 1;
        }

        return new ApiAnswer(code, call.IsDryRun ? json.ToJsonString() : store.Put(kind, json, owners).Text) { Warnings = warnings };
    }

    private static List<string> ChangedPaths(JsonObject old, JsonObject fresh)
    {
        var before = Leaves(old);
        return
        [
            .. from leaf in Leaves(fresh)
               where !before.TryGetValue(leaf.Key, out var value) || !JsonNode.DeepEquals(value, leaf.Value)
               select leaf.Key,
        ];
    }

    private static Dictionary<string, JsonNode?> Leaves(JsonObject json) => json
        .Where(pair => pair.Key is not ("metadata" or "kind" or "apiVersion"))
        .SelectMany(pair => ServerSideApply.Leaves(pair.Value, $".{pair.Key}", pair.Key))
        .GroupBy(leaf => leaf.Path).ToDictionary(leaf => leaf.Key, leaf => leaf.First().Value);

    private static List<string> Paths(JsonObject json) => [.. Leaves(json).Keys];

    private static JsonObject Specified(JsonObject json)
    {
        var copy = json.DeepClone().AsObject();
        copy.Remove("metadata");
        copy.Remove("status");
        return copy;
    }

    private static string[] Roots(ApiKind kind, ApiCall call, JsonObject applied) =>
    [
        .. applied.Select(pair => pair.Key).Where(key =>
            key is not ("metadata" or "kind" or "apiVersion") && (!kind.HasStatus || (call.Subresource == "status") == (key == "status"))),
    ];

    private static JsonObject Fresh(ApiKind kind, ApiCall call)
    {
        var meta = new JsonObject { ["name"] = call.Name };
        if (call.Namespace.Length > 0)
        {
            meta["namespace"] = call.Namespace;
        }

        return new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion, ["metadata"] = meta };
    }

    private StoredObject Existing(ApiKind kind, ApiCall call) =>
        store.Get(kind, call.Namespace, call.Name) ?? throw ApiFailureException.NotFound(kind, call.Name);

    private static void CheckVersion(ApiKind kind, ApiCall call, JsonObject json, StoredObject before)
    {
        if ((string?)json["metadata"]?["resourceVersion"] is { Length: > 0 } version
            && version != before.Version.ToString(CultureInfo.InvariantCulture))
        {
            throw ApiFailureException.Conflict(kind, call.Name);
        }
    }

    private static void CheckKind(ApiKind kind, JsonObject json)
    {
        if ((string?)json["kind"] is { } given && given != kind.Kind)
        {
            throw ApiFailureException.BadRequest($"{given} in version \"{json["apiVersion"]}\" cannot be handled as a {kind.Kind}: no kind \"{given}\" is registered");
        }

        ApiChecks.Decode(kind, json);
    }

    private static IReadOnlyList<string> Prune(ApiKind kind, ApiCall call, JsonObject json)
    {
        var unknown = ApiChecks.Prune(kind, json);
        if (unknown.Count > 0 && call["fieldValidation"] == "Strict")
        {
            throw ApiFailureException.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: {string.Join(", ", unknown.Select(path => $"unknown field \"{path}\""))}");
        }

        return [.. unknown.Select(path => $"unknown field \"{path}\"")];
    }

    private static JsonObject Metadata(JsonObject json)
    {
        if (json["metadata"] is not JsonObject meta)
        {
            json["metadata"] = meta = [];
        }

        return meta;
    }

    private JsonObject Dry(ApiKind kind, JsonObject json)
    {
        var meta = json["metadata"]!.AsObject();
        meta["uid"] = store.NewId();
        meta["creationTimestamp"] = store.Now();
        json["kind"] ??= kind.Kind;
        json["apiVersion"] ??= kind.ApiVersion;
        return json;
    }

    private static string Quality(JsonObject pod) =>
        ApiDefaults.List(pod["spec"]?["containers"]).Concat(ApiDefaults.List(pod["spec"]?["initContainers"]))
            .Any(container => container["resources"] is JsonObject { Count: > 0 }) ? "Burstable" : "BestEffort";
}
