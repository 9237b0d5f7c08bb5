using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>A feature flag as JSON.</summary>
[
    JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        UseStringEnumConverter = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FeatureFlagEntry))]
internal sealed partial class FlagJson : JsonSerializerContext
{
    /// <summary>JSON text of <paramref name="flag"/>.</summary>
    public static string Write(FeatureFlagEntry flag) => JsonSerializer.Serialize(flag, Default.FeatureFlagEntry);
}
