using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.SidecarBypass;

/// <summary>Names of <c>sidecarBypass</c> values.</summary>
internal static class SidecarBypassWord
{
    public static ScalarType<SidecarBypassMode> Type { get; } = ScalarTypes.Word<SidecarBypassMode>(
        [("never", SidecarBypassMode.Never), ("gateway", SidecarBypassMode.Gateway)]);
}
