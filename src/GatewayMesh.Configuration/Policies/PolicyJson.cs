using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Policies;

/// <summary>A policy, or a section of one, as JSON, with durations in text form.</summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(DurationJson)])]
[JsonSerializable(typeof(PolicyModel))]
internal sealed partial class PolicyJson : JsonSerializerContext
{
    /// <summary>JSON text of <paramref name="policy"/>.</summary>
    public static string Write(PolicyModel policy) => JsonSerializer.Serialize(policy, Default.PolicyModel);

    /// <summary>JSON text of <paramref name="jwt"/>.</summary>
    public static string Write(JwtModel jwt) => JsonSerializer.Serialize(jwt, Default.JwtModel);

    /// <summary>JSON text of <paramref name="authorization"/>.</summary>
    public static string Write(ExternalAuthorizationModel authorization) =>
        JsonSerializer.Serialize(authorization, Default.ExternalAuthorizationModel);
}
