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
    /// Reads the object at which <paramref name="reader"/> stands and leaves the reader at its end. An object that is JSON but not a <typeparamref
    /// name="T"/> is returned with its metadata and the reason.
    /// </summary>
    /// <exception cref="JsonException">It is not JSON, or it has no metadata that tells which object it is.</exception>
    public static ReadOutcome<T> Read<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> json)
        where T : class, IKubernetesObject
    {
        var start = reader;
        try
        {
            if (JsonSerializer.Deserialize(ref reader, json) is { } value)
            {
                return new ReadOutcome<T>(value, value.Metadata, null);
            }

            throw new JsonException("an object is null");
        }
        catch (JsonException failure)
        {
            reader = start;
            var partial = JsonSerializer.Deserialize(ref reader, ApiJson.Default.PartialObject);
            return partial is { Metadata.Name.Length: > 0 }
                ? new ReadOutcome<T>(null, partial.Metadata, ApiError.OneLine(failure.Message))
                : throw new JsonException("an object has no name", failure);
        }
    }
}
