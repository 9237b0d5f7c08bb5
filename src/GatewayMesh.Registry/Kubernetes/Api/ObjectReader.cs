using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Reads single objects.</summary>
internal static class ObjectReader
{
    /// <summary>Deepest nesting of an answer: 256 levels. The deepest schema of a CRD has fewer.</summary>
    public const int MaxDepth = 256;

    /// <summary>
    /// Reads the object at which <paramref name="reader"/> stands and leaves the reader at its end. An object that is JSON but not a
    /// <typeparamref name="T"/> with a name is returned with the reason, and with its metadata if that is readable.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static ReadOutcome<T> Read<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> json)
        where T : class, IKubernetesObject
    {
        var start = reader;
        try
        {
            return JsonSerializer.Deserialize(ref reader, json) is { Metadata: { Name.Length: > 0 } meta } value
                ? new ReadOutcome<T>(value, meta, null)
                : new ReadOutcome<T>(null, ObjectMeta.Empty, "has no name");
        }
        catch (JsonException failure)
        {
            reader = start;
            reader.Skip();
            return new ReadOutcome<T>(null, MetadataAt(start), ApiError.OneLine(failure.Message));
        }
    }

    private static ObjectMeta MetadataAt(Utf8JsonReader reader)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, HeaderJson.Default.ObjectHeader)?.Metadata ?? ObjectMeta.Empty;
        }
        catch (JsonException)
        {
            return ObjectMeta.Empty;
        }
    }
}
