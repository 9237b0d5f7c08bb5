using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>Source-generated JSON of the store, identical under trimming and native AOT.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(StoredEntries))]
internal sealed partial class StoreJson : JsonSerializerContext;
