using System.Text.Json.Serialization;

namespace GatewayMesh.Gateways;

/// <summary>Source-generated reading and writing of <c>gateways.json</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(GatewaysDocument))]
internal sealed partial class GatewaysJson : JsonSerializerContext;
