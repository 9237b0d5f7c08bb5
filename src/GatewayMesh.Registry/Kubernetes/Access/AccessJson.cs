using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>Source-generated JSON of credential plugins.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExecCredential))]
internal sealed partial class AccessJson : JsonSerializerContext;
