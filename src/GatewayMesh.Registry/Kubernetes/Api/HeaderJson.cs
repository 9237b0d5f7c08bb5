using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Source-generated JSON of <see cref="ObjectHeader"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ObjectHeader))]
internal sealed partial class HeaderJson : JsonSerializerContext;
