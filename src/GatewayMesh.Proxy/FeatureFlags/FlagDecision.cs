namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>Decision about a feature flag for one request.</summary>
/// <param name="IsOn">True if the flag is on.</param>
/// <param name="Reason">Reason of the decision.</param>
internal readonly record struct FlagDecision(bool IsOn, FlagReason Reason);
