using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Tier;

/// <summary>Names of <c>tier</c> values.</summary>
internal static class TierWord
{
    public static ScalarType<TierChoice> Type { get; } = ScalarTypes.Word<TierChoice>(
        [("auto", TierChoice.Auto), ("sidecar", TierChoice.Sidecar), ("gateway", TierChoice.Gateway)]);
}
