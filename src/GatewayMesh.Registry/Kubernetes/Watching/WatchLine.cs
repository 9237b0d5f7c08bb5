using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>Reads one line of a watch, <c>{"type":"ADDED","object":{…}}</c>, from bytes to the object at once.</summary>
internal static class WatchLine
{
    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">The line is not an event.</exception>
    public static WatchEvent<T> Read<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> json)
        where T : class, IKubernetesObject
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = ObjectReader.MaxDepth });
        WatchEventKind? kind = null;
        WatchEvent<T>? read = null;
        Utf8JsonReader waiting = default;
        var waits = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a line is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                _ = reader.Read();
                kind = KindOf(ref reader);
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                _ = reader.Read();
                if (kind is { } known)
                {
                    read = Object(ref reader, known, json);
                }
                else
                {
                    waiting = reader;
                    waits = true;
                    reader.Skip();
                }
            }
            else
            {
                _ = reader.Read();
                reader.Skip();
            }
        }

        return read
            ?? (waits && kind is { } late ? Object(ref waiting, late, json) : throw new JsonException("a line has no type or no object"));
    }

    private static WatchEvent<T> Object<T>(ref Utf8JsonReader reader, WatchEventKind kind, JsonTypeInfo<T> json)
        where T : class, IKubernetesObject
    {
        switch (kind)
        {
            case WatchEventKind.Error:
                var status = JsonSerializer.Deserialize(ref reader, ApiJson.Default.Status);
                return new WatchEvent<T>(kind, null, ObjectMeta.Empty, null, status ?? new Status());
            case WatchEventKind.Bookmark:
                var mark = JsonSerializer.Deserialize(ref reader, ApiJson.Default.PartialObject);
                return new WatchEvent<T>(kind, null, mark?.Metadata ?? ObjectMeta.Empty, null, null);
            case WatchEventKind.Unknown:
                reader.Skip();
                return new WatchEvent<T>(kind, null, ObjectMeta.Empty, null, null);
            default:
                var read = ObjectReader.Read(ref reader, json);
                return new WatchEvent<T>(kind, read.Value, read.Metadata, read.Problem, null);
        }
    }

    private static WatchEventKind KindOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? throw new JsonException("the type of a line is not a text")
        : reader.ValueTextEquals("ADDED"u8) ? WatchEventKind.Added
        : reader.ValueTextEquals("MODIFIED"u8) ? WatchEventKind.Modified
        : reader.ValueTextEquals("DELETED"u8) ? WatchEventKind.Deleted
        : reader.ValueTextEquals("BOOKMARK"u8) ? WatchEventKind.Bookmark
        : reader.ValueTextEquals("ERROR"u8) ? WatchEventKind.Error
        : WatchEventKind.Unknown;
}
