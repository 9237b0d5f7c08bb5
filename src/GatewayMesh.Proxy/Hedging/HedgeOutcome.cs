namespace GatewayMesh.Proxy.Hedging;

/// <summary>Result of a hedge; the tag of <c>gatewaymesh_hedges_total</c>.</summary>
internal enum HedgeOutcome
{
    /// <summary>The hedge's response was passed on.</summary>
    Won,

    /// <summary>Another response was passed on.</summary>
    Lost,

    /// <summary>A hedge was due, but the body was not whole, or the budget, the attempts, or a limit did not allow it.</summary>
    Refused,
}
