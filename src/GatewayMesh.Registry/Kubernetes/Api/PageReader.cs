using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>
/// Reads one page of a list without a type for the list. Each item becomes an object by itself, so that one that cannot be read does not
/// cost the others.
/// </summary>
internal static class PageReader
{
    /// <summary>Hands each item to <paramref name="take"/> and returns the metadata of the list.</summary>
    /// <param name="body">The body of the answer.</param>
    /// <param name="json">JSON of one item.</param>
    /// <param name="take">Takes an item.</param>
    /// <exception cref="JsonException">The body is not a list.</exception>
    public static ListMeta Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> json, Action<ReadOutcome<T>> take)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ObjectReader.MaxDepth });
        ListMeta? meta = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("the answer is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                _ = reader.Read();
                meta = JsonSerializer.Deserialize(ref reader, ApiJson.Default.ListMeta);
            }
            else if (reader.ValueTextEquals("items"u8))
            {
                _ = reader.Read();
                ReadItems(ref reader, json, take);
            }
            else
            {
                _ = reader.Read();
                reader.Skip();
            }
        }

        return meta is { ResourceVersion.Length: > 0 } ? meta : throw new JsonException("the answer is not a list with a resourceVersion");
    }

    private static void ReadItems<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> json, Action<ReadOutcome<T>> take)
        where T : class, IKubernetesObject
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("items is not a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            take(ObjectReader.Read(ref reader, json));
        }
    }
}
