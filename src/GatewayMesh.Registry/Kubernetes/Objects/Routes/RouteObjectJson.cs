using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Source-generated JSON of routes and grants, identical under trimming and native AOT.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HttpRoute))]
[JsonSerializable(typeof(GrpcRoute))]
[JsonSerializable(typeof(ReferenceGrant))]
public sealed partial class RouteObjectJson : JsonSerializerContext;
