using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>JSON of the store, generated: the same under trimming and native AOT.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StoredEntries))]
internal sealed partial class StoreJson : JsonSerializerContext;
