namespace GatewayMesh.Proxy.Hedging;

/// <summary>What became of a hedge; the tag of <c>gatewaymesh_hedges_total</c>.</summary>
internal enum HedgeOutcome
{
    /// <summary>Its answer was the one passed on.</summary>
    Won,

    /// <summary>Another answer was.</summary>
    Lost,

    /// <summary>It was time for one, and budget, attempts or a limit did not allow it.</summary>
    Refused,
}
