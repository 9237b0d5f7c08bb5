using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.SidecarBypass;

/// <summary>The words of <c>sidecarBypass</c>.</summary>
internal static class SidecarBypassWord
{
    public static ScalarType<SidecarBypassMode> Type { get; } = ScalarTypes.Word<SidecarBypassMode>([("never", SidecarBypassMode.Never), ("gateway", SidecarBypassMode.Gateway)]);
}
