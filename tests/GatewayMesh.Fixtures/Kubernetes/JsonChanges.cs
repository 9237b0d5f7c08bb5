using System.Globalization;
using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>JSON merge patch (RFC 7396) and JSON patch (RFC 6902).</summary>
public static class JsonChanges
{
    /// <summary>Merges <paramref name="patch"/> into <paramref name="target"/>.</summary>
    public static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
            {
                target.Remove(key);
            }
            else if (value is JsonObject part && target[key] is JsonObject into)
            {
                Merge(into, part);
            }
            else if (value is JsonObject fresh)
            {
                var created = new JsonObject();
                Merge(created, fresh);
                target[key] = created;
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }

    /// <summary>Runs the operations of a JSON patch.</summary>
    /// <exception cref="InvalidOperationException">An operation does not apply.</exception>
    public static void Patch(JsonObject target, JsonArray operations)
    {
        foreach (var operation in operations.Select(operation => operation!.AsObject()))
        {
            var path = (string)operation["path"]!;
            switch ((string)operation["op"]!)
            {
                case "add":
                    Set(target, path, operation["value"]?.DeepClone(), isAdd: true);
                    break;
                case "replace":
                    Set(target, path, operation["value"]?.DeepClone(), isAdd: false);
                    break;
                case "remove":
                    Remove(target, path);
                    break;
                case "test":
                    if (!JsonNode.DeepEquals(Find(target, path), operation["value"]))
                    {
                        throw new InvalidOperationException($"testing value {path} failed: test failed");
                    }

                    break;
                case "copy":
                    Set(target, path, Find(target, (string)operation["from"]!)?.DeepClone(), isAdd: true);
                    break;
                case "move":
                    var moved = Find(target, (string)operation["from"]!)?.DeepClone();
                    Remove(target, (string)operation["from"]!);
                    Set(target, path, moved, isAdd: true);
                    break;
                default:
                    throw new InvalidOperationException($"unexpected kind: {operation["op"]}");
            }
        }
    }

    private static JsonNode? Find(JsonObject target, string path) =>
        Segments(path).Aggregate((JsonNode?)target, (node, segment) => Child(node, segment, path));

    private static void Set(JsonObject target, string path, JsonNode? value, bool isAdd)
    {
        var (parent, last) = Parent(target, path);
        if (parent is JsonArray list)
        {
            var index = last == "-" ? list.Count : int.Parse(last, CultureInfo.InvariantCulture);
            if (index > list.Count || (!isAdd && index == list.Count))
            {
                throw new InvalidOperationException($"{path}: index out of bounds");
            }

            if (isAdd)
            {
                list.Insert(index, value);
            }
            else
            {
                list[index] = value;
            }
        }
        else
        {
            if (!isAdd && !parent.AsObject().ContainsKey(last))
            {
                throw Missing(path);
            }

            parent.AsObject()[last] = value;
        }
    }

    private static void Remove(JsonObject target, string path)
    {
        var (parent, last) = Parent(target, path);
        if (parent is JsonArray list)
        {
            list.RemoveAt(int.Parse(last, CultureInfo.InvariantCulture));
        }
        else if (!parent.AsObject().Remove(last))
        {
            throw Missing(path);
        }
    }

    private static (JsonNode Parent, string Last) Parent(JsonObject target, string path)
    {
        var segments = Segments(path).ToList();
        JsonNode? node = target;
        foreach (var segment in segments.Take(segments.Count - 1))
        {
            node = Child(node, segment, path);
        }

        return (node ?? throw Missing(path), segments[^1]);
    }

    private static JsonNode? Child(JsonNode? node, string segment, string path) => node switch
    {
        JsonObject map when map.ContainsKey(segment) => map[segment],
        JsonArray list when int.TryParse(segment, out var index) && index < list.Count => list[index],
        _ => throw Missing(path),
    };

    private static IEnumerable<string> Segments(string path) => path.Split('/').Skip(1).Select(segment =>
        segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));

    private static InvalidOperationException Missing(string path) => new($"{path}: missing value");
}
