using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>
/// Server-side apply: fields have owners, lists of conditions and listeners are maps by a key, and every other list, such as
/// <c>status.parents</c> of routes, is one value.
/// </summary>
internal static class ServerSideApply
{
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["conditions"] = "type",
        ["listeners"] = "name",
        ["supportedFeatures"] = "name",
    };

    /// <summary>Paths of all leaves of a part of an object, which begins at <paramref name="path"/>.</summary>
    public static IEnumerable<(string Path, JsonNode? Value)> Leaves(JsonNode? node, string path, string name = "")
    {
        if (node is JsonObject { Count: > 0 } map)
        {
            return map.SelectMany(pair => Leaves(pair.Value, $"{path}.{pair.Key}", pair.Key));
        }

        return node is JsonArray list && Keys.TryGetValue(name, out var key)
            ? list.SelectMany(item => Leaves(item, $"{path}[{key}=\"{item![key]}\"]"))
            : [(path, node)];
    }

    /// <summary>Fields of others that have another value in <paramref name="applied"/>.</summary>
    public static IReadOnlyList<(FieldOwner Owner, string Path)> Conflicts(
        JsonObject live, JsonObject applied, FieldOwner owner, FieldOwners owners, IEnumerable<string> roots) =>
        [
            .. from root in roots
               from leaf in Leaves(applied[root], $".{root}", root)
               let now = Find(live, leaf.Path)
               where !JsonNode.DeepEquals(now, leaf.Value)
               from other in owners.Others(owner, leaf.Path)
               orderby other.Manager, leaf.Path
               select (other, leaf.Path),
        ];

    /// <summary>Message of 409.</summary>
    public static ApiFailureException Failure(IReadOnlyList<(FieldOwner Owner, string Path)> conflicts, ApiKind kind)
    {
        string Who(FieldOwner owner) => $"\"{owner.Manager}\""
            + (owner.Subresource.Length > 0 ? $" with subresource \"{owner.Subresource}\"" : "")
            + (owner.Applied ? "" : $" using {kind.ApiVersion}");

        var lines = conflicts.GroupBy(conflict => conflict.Owner).Select(group => group.Count() == 1
            ? $"conflict with {Who(group.Key)}: {group.First().Path}"
            : $"conflicts with {Who(group.Key)}:\n{string.Join('\n', group.Select(conflict => $"- {conflict.Path}"))}");
        var count = conflicts.Count == 1 ? "1 conflict" : $"{conflicts.Count} conflicts";
        return ApiFailureException.Of(409, "Conflict", $"Apply failed with {count}: {string.Join('\n', lines)}", new JsonObject
        {
            ["causes"] = new JsonArray([
                .. conflicts.Select(conflict => new JsonObject
                {
                    ["reason"] = "FieldManagerConflict",
                    ["message"] = $"conflict with {Who(conflict.Owner)}",
                    ["field"] = conflict.Path,
                }),
            ]),
        });
    }

    /// <summary>Merges <paramref name="applied"/> into <paramref name="live"/>.</summary>
    public static void Merge(JsonObject live, JsonObject applied)
    {
        foreach (var (name, value) in applied)
        {
            live[name] = Merged(live[name], value, name);
        }
    }

    /// <summary>Removes a leaf that its only owner no longer applies.</summary>
    public static void Remove(JsonNode? node, string path)
    {
        var (name, key, rest) = Step(path);
        if (node is not JsonObject map || map[name] is not { } child)
        {
            return;
        }

        if (key is null)
        {
            if (rest.Length == 0)
            {
                map.Remove(name);
            }
            else
            {
                Remove(child, rest);
                RemoveIfEmpty(map, name);
            }

            return;
        }

        if (child is JsonArray list && Item(list, key) is JsonObject item)
        {
            Remove(item, rest);

            // An item without its key is gone.
            if (item.Count == 0 || !item.ContainsKey(Keys[name]))
            {
                list.Remove(item);
            }

            RemoveIfEmpty(map, name);
        }
    }

    private static void RemoveIfEmpty(JsonObject map, string name)
    {
        if (map[name] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
        {
            map.Remove(name);
        }
    }

    private static JsonNode? Merged(JsonNode? live, JsonNode? applied, string name)
    {
        if (live is JsonObject into && applied is JsonObject from)
        {
            var merged = into.DeepClone().AsObject();
            Merge(merged, from);
            return merged;
        }

        if (live is not JsonArray old || applied is not JsonArray fresh || !Keys.TryGetValue(name, out var key))
        {
            return applied?.DeepClone();
        }

        var list = old.DeepClone().AsArray();
        foreach (var item in fresh)
        {
            if (Item(list, $"{key}=\"{item![key]}\"") is JsonObject known)
            {
                Merge(known, item.AsObject());
            }
            else
            {
                list.Add(item.DeepClone());
            }
        }

        return list;
    }

    private static JsonNode? Find(JsonNode? node, string path)
    {
        while (path.Length > 0 && node is not null)
        {
            var (name, key, rest) = Step(path);
            node = node is JsonObject map ? map[name] : null;
            node = key is not null && node is JsonArray list ? Item(list, key) : node;
            path = rest;
        }

        return node;
    }

    private static JsonNode? Item(JsonArray list, string key)
    {
        var (field, value) = (key[..key.IndexOf('=', StringComparison.Ordinal)], key[(key.IndexOf('"', StringComparison.Ordinal) + 1)..^1]);
        return list.FirstOrDefault(item => (string?)item?[field] == value);
    }

    // .conditions[type="Accepted"].status: the name, the key of an item, and the rest.
    private static (string Name, string? Key, string Remainder) Step(string path)
    {
        var end = path.IndexOfAny(['.', '['], 1);
        if (end < 0)
        {
            return (path[1..], null, "");
        }

        if (path[end] == '.')
        {
            return (path[1..end], null, path[end..]);
        }

        var close = path.IndexOf("\"]", end, StringComparison.Ordinal) + 2;
        return (path[1..end], path[(end + 1)..(close - 1)], path[close..]);
    }
}
