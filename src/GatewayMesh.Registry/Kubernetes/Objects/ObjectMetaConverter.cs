using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>
/// Reads and writes metadata by hand: <c>managedFields</c>, often the larger part of an object, costs no memory, and empty fields are not
/// written, since a written empty map claims its ownership in a server-side apply.
/// </summary>
public sealed class ObjectMetaConverter : JsonConverter<ObjectMeta>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override ObjectMeta Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return ObjectMeta.Empty;
        }

        string name = "", generateName = "", space = "", uid = "", version = "";
        long generation = 0;
        long? grace = null;
        DateTimeOffset? created = null, deleted = null;
        Dictionary<string, string>? labels = null, annotations = null;
        List<string>? finalizers = null;
        List<OwnerReference>? owners = null;
        for (Begin(ref reader); reader.TokenType == JsonTokenType.PropertyName; Next(ref reader))
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = Text(ref reader);
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                space = Text(ref reader);
            }
            else if (reader.ValueTextEquals("uid"u8))
            {
                uid = Text(ref reader);
            }
            else if (reader.ValueTextEquals("resourceVersion"u8))
            {
                version = Text(ref reader);
            }
            else if (reader.ValueTextEquals("generation"u8))
            {
                generation = Number(ref reader) ?? 0;
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                labels = Pairs(ref reader);
            }
            else if (reader.ValueTextEquals("annotations"u8))
            {
                annotations = Pairs(ref reader);
            }
            else if (reader.ValueTextEquals("creationTimestamp"u8))
            {
                created = Time(ref reader);
            }
            else if (reader.ValueTextEquals("ownerReferences"u8))
            {
                owners = Owners(ref reader);
            }
            else if (reader.ValueTextEquals("generateName"u8))
            {
                generateName = Text(ref reader);
            }
            else if (reader.ValueTextEquals("deletionTimestamp"u8))
            {
                deleted = Time(ref reader);
            }
            else if (reader.ValueTextEquals("deletionGracePeriodSeconds"u8))
            {
                grace = Number(ref reader);
            }
            else if (reader.ValueTextEquals("finalizers"u8))
            {
                finalizers = Texts(ref reader);
            }
            else
            {
                Next(ref reader);
                reader.Skip();
            }
        }

        return new ObjectMeta
        {
            Name = name,
            GenerateName = generateName,
            Namespace = space,
            Uid = uid,
            ResourceVersion = version,
            Generation = generation,
            Labels = labels!,
            Annotations = annotations!,
            CreationTimestamp = created,
            DeletionTimestamp = deleted,
            DeletionGracePeriodSeconds = grace,
            Finalizers = finalizers!,
            OwnerReferences = owners!,
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ObjectMeta value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        WriteText(writer, "name", value.Name);
        WriteText(writer, "generateName", value.GenerateName);
        WriteText(writer, "namespace", value.Namespace);
        WriteText(writer, "uid", value.Uid);
        WriteText(writer, "resourceVersion", value.ResourceVersion);
        if (value.Generation != 0)
        {
            writer.WriteNumber("generation", value.Generation);
        }

        WritePairs(writer, "labels", value.Labels);
        WritePairs(writer, "annotations", value.Annotations);
        WriteTime(writer, "creationTimestamp", value.CreationTimestamp);
        WriteTime(writer, "deletionTimestamp", value.DeletionTimestamp);
        if (value.DeletionGracePeriodSeconds is { } grace)
        {
            writer.WriteNumber("deletionGracePeriodSeconds", grace);
        }

        if (value.Finalizers.Count > 0)
        {
            writer.WriteStartArray("finalizers");
            foreach (var finalizer in value.Finalizers)
            {
                writer.WriteStringValue(finalizer);
            }

            writer.WriteEndArray();
        }

        WriteOwners(writer, value.OwnerReferences);
        writer.WriteEndObject();
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        return reader.GetString() ?? "";
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        return reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64();
    }

    private static DateTimeOffset? Time(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        return reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();
    }

    private static Dictionary<string, string>? Pairs(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        for (Begin(ref reader); reader.TokenType == JsonTokenType.PropertyName; Next(ref reader))
        {
            var key = reader.GetString()!;
            pairs[key] = Text(ref reader);
        }

        return pairs;
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        for (BeginList(ref reader); reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.Null); Next(ref reader))
        {
            texts.Add(reader.GetString() ?? "");
        }

        return texts;
    }

    private static List<OwnerReference> Owners(ref Utf8JsonReader reader)
    {
        var owners = new List<OwnerReference>();
        for (BeginList(ref reader); reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.Null); Next(ref reader))
        {
            owners.Add(Owner(ref reader));
        }

        return owners;
    }

    private static OwnerReference Owner(ref Utf8JsonReader reader)
    {
        var owner = new OwnerReference("", "", "", "");
        for (Begin(ref reader); reader.TokenType == JsonTokenType.PropertyName; Next(ref reader))
        {
            if (reader.ValueTextEquals("apiVersion"u8))
            {
                owner = owner with { ApiVersion = Text(ref reader) };
            }
            else if (reader.ValueTextEquals("kind"u8))
            {
                owner = owner with { Kind = Text(ref reader) };
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                owner = owner with { Name = Text(ref reader) };
            }
            else if (reader.ValueTextEquals("uid"u8))
            {
                owner = owner with { Uid = Text(ref reader) };
            }
            else
            {
                var isController = reader.ValueTextEquals("controller"u8);
                Next(ref reader);
                owner = isController ? owner with { Controller = reader.TokenType == JsonTokenType.True } : owner;
                reader.Skip();
            }
        }

        return owner;
    }

    // From the start of an object to its first key, or to its end.
    private static void Begin(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a part of the metadata is not an object");
        }

        Next(ref reader);
    }

    // From the name of a list to its first item, or to its end.
    private static void BeginList(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            Next(ref reader);
        }
        else if (reader.TokenType != JsonTokenType.Null)
        {
            throw new JsonException("a part of the metadata is not a list");
        }
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            throw new JsonException("the metadata has no end");
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, KubernetesTimeConverter.Text(time));
        }
    }

    private static void WritePairs(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, string> pairs)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var (key, value) in pairs)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteOwners(Utf8JsonWriter writer, IReadOnlyList<OwnerReference> owners)
    {
        if (owners.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("ownerReferences");
        foreach (var owner in owners)
        {
            writer.WriteStartObject();
            writer.WriteString("apiVersion", owner.ApiVersion);
            writer.WriteString("kind", owner.Kind);
            writer.WriteString("name", owner.Name);
            writer.WriteString("uid", owner.Uid);
            if (owner.Controller)
            {
                writer.WriteBoolean("controller", true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
