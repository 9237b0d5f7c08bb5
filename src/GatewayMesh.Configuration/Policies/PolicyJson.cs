using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Policies;

/// <summary>A policy as JSON, with durations in text form.</summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(DurationJson)])]
[JsonSerializable(typeof(PolicyModel))]
internal sealed partial class PolicyJson : JsonSerializerContext
{
    /// <summary>JSON text of <paramref name="policy"/>.</summary>
    public static string Write(PolicyModel policy) => JsonSerializer.Serialize(policy, Default.PolicyModel);
}
