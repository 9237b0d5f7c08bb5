using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Proxy.FeatureFlags;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>An evaluated feature flag of the policy.</summary>
/// <param name="Use">The flag, and what is different while it is on.</param>
/// <param name="IsOn">True if the flag is on; the items after it are not evaluated.</param>
/// <param name="Reason">Reason of the decision.</param>
/// <param name="User">User of the request; null if it names none, or the flag does not depend on users.</param>
public sealed record FlagReport(FlagUse Use, bool IsOn, FlagReason Reason, string? User);
