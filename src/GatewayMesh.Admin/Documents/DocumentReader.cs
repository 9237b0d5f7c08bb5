using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// Reads admin documents of every build. Unknown keys are ignored or kept, absent members have their defaults, and a member of an
/// unexpected kind counts as absent.
/// </summary>
public static class DocumentReader
{
    // More members of an unexpected kind are not a document of any build.
    private const int MaxDropped = 100;

    /// <summary>Reads a document; null when <paramref name="json"/> is not one.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        string? misfit = null;
        try
        {
            if (!HasNullItem(json))
            {
                return JsonSerializer.Deserialize(json, type);
            }
        }
        catch (JsonException failure)
        {
            misfit = failure.Path ?? "$";
        }

        return ReadRest(json, type, misfit);
    }

    /// <summary>Reads a document; null when <paramref name="json"/> is not one.</summary>
    public static T? Read<T>(string json, JsonTypeInfo<T> type)
        where T : class => Read(System.Text.Encoding.UTF8.GetBytes(json), type);

    // Slow, and seldom: drops the members that do not fit, one by one.
    private static T? ReadRest<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string? misfit)
        where T : class
    {
        try
        {
            var root = JsonNode.Parse(json);
            DropNullItems(root);
            for (var dropped = 0; dropped <= MaxDropped && (misfit is null || MemberPath.TryRemove(root, misfit)); dropped++)
            {
                try
                {
                    return root.Deserialize(type);
                }
                catch (JsonException failure)
                {
                    misfit = failure.Path ?? "$";
                }
            }
        }
        catch (Exception failure) when (failure is JsonException or ArgumentException or InvalidOperationException)
        {
            // Not JSON, an object with a key twice, text that is no Unicode, or another kind of document.
        }

        return null;
    }

    private static bool HasNullItem(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        for (var before = JsonTokenType.None; reader.Read(); before = reader.TokenType)
        {
            if (reader.TokenType == JsonTokenType.Null && before != JsonTokenType.PropertyName)
            {
                return true;
            }
        }

        return false;
    }

    private static void DropNullItems(JsonNode? node)
    {
        foreach (var child in node switch
        {
            JsonArray array => array.ToArray(),
            JsonObject members => members.Select(member => member.Value).ToArray(),
            _ => [],
        })
        {
            DropNullItems(child);
        }

        (node as JsonArray)?.RemoveAll(item => item is null);
    }
}
